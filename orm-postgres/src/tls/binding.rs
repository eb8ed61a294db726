use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// What binds a login to the certificate of the server: its hash, by the algorithm that it is signed with (RFC 5929). `None` where the
/// algorithm has no hash of its own, as Ed25519.
pub(super) fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = hash_of(signature_algorithm(certificate)?)?;
    Some(digest(algorithm, certificate).as_ref().to_vec())
}

fn hash_of(identifier: &[u8]) -> Option<&'static Algorithm> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    match (identifier.strip_prefix(RSA), identifier.strip_prefix(ECDSA)) {
        // MD5 and SHA-1 are replaced by SHA-256.
        (Some([4 | 5 | 11]), _) | (_, Some([2])) => Some(&SHA256),
        (Some([12]), _) | (_, Some([3])) => Some(&SHA384),
        (Some([13]), _) | (_, Some([4])) => Some(&SHA512),
        _ => None,
    }
}

/// The object identifier of the algorithm by which a certificate is signed: the first item of the second item of it.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const IDENTIFIER: u8 = 0x06;
    let (body, _) = item(certificate, SEQUENCE)?;
    let (_, after_contents) = item(body, SEQUENCE)?;
    let (algorithm, _) = item(after_contents, SEQUENCE)?;
    item(algorithm, IDENTIFIER).map(|(identifier, _)| identifier)
}

/// The content of the first item of DER, and what follows it.
fn item(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[tag])?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // So many bytes of length follow.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_is_found_behind_the_contents() {
        let identifier = [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01][..], &[12]].concat();
        let algorithm = [&[0x30, 13, 0x06, 9][..], &identifier, &[5, 0]].concat();
        let contents = [&[0x30, 0x81, 200][..], &[7; 200]].concat();
        let length = u16::try_from(contents.len() + algorithm.len()).unwrap().to_be_bytes();
        let certificate = [&[0x30, 0x82][..], &length, &contents, &algorithm].concat();
        assert_eq!(signature_algorithm(&certificate), Some(&identifier[..]));
        assert_eq!(end_point(&certificate).map(|hash| hash.len()), Some(48));
        for end in 0..certificate.len() {
            assert_eq!(end_point(&certificate[..end]), None);
        }
    }
}
