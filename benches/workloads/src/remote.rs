//! Peers in processes of their own. The first line has the statements that make the tables, and each further one is a turn: its words, the
//! room of a preparation, the rows of the result, the statements of the preparation, and the query of what is stored, separated by tabs.
//! Programs that know the workloads look at the words alone. Each line has an answer of one line.

use std::io::{BufRead, BufReader, Write, stdin, stdout};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::{Database, Kind, Local, Outcome, Peer, Seen, Turn, Turned, Way, find, schema};

/// The usual way's variant on a line of words.
const USUAL: &str = "-";

/// Serves turns until the standard input ends.
///
/// # Errors
///
/// When the tables cannot be made, and those of reading and writing. What fails in a turn is its answer.
pub fn serve<D: Database>(name: &'static str, mut database: D, ways: Vec<Way<D>>) -> Outcome {
    let mut lines = stdin().lines();
    for statement in lines.next().ok_or("no first line")??.split(';') {
        database.execute(statement)?;
    }
    let mut local = Local::new(name, database, ways)?;
    let ways: Vec<String> = local.list().map(|(workload, variant)| format!("{workload}:{variant}")).collect();
    writeln!(stdout(), "{name} {}", ways.join(" "))?;
    for line in lines {
        let answer = match take(&mut local, &line?) {
            Ok(turned) => written(&turned),
            Err(error) => format!("failed {}", error.to_string().replace('\n', " ")),
        };
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}

fn take<D: Database>(local: &mut Local<D>, line: &str) -> Outcome<Turned> {
    let words: Vec<&str> = line.split('\t').next().unwrap_or_default().split(' ').collect();
    let [workload, variant, n, budget, is_first] = words[..] else {
        return Err(format!("`{line}` is not a turn").into());
    };
    local.turn(&Turn {
        workload,
        variant: if variant == USUAL { "" } else { variant },
        n: n.parse()?,
        budget: Duration::from_millis(budget.parse()?),
        is_first: is_first.parse()?,
    })
}

fn written(turned: &Turned) -> String {
    let times: Vec<String> = turned.times.iter().map(|time| time.as_nanos().to_string()).collect();
    format!("took {} {} {} {}", turned.seen.rows, turned.seen.sum, turned.stored, times.join(" "))
}

fn read(line: &str) -> Outcome<Turned> {
    let mut numbers = line.strip_prefix("took ").ok_or_else(|| line.to_owned())?.split(' ');
    let mut next = || numbers.next().ok_or_else(|| format!("`{line}` is too short"));
    let seen = Seen { rows: next()?.parse()?, sum: next()?.parse()? };
    let stored = next()?.parse()?;
    let times = numbers.map(|time| Ok(Duration::from_nanos(time.parse()?))).collect::<Outcome<_>>()?;
    Ok(Turned { seen, stored, times })
}

/// A peer in a process of its own, which ends with this value.
#[derive(Debug)]
pub struct Remote {
    name: String,
    kind: Kind,
    ways: Vec<(String, String)>,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Remote {
    /// Starts a program with its arguments, for this database.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn start(command: &str, url: &str) -> Outcome<Self> {
        let mut words = command.split_whitespace();
        let program = words.next().ok_or("a peer needs a command")?;
        let mut command = Command::new(program);
        command.args(words).env("DATABASE_URL", url).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{program} has no standard input and output").into());
        };
        let (name, kind) = (String::new(), Kind::of(url));
        let mut peer = Self { name, kind, ways: Vec::new(), child, to, from: BufReader::new(from) };
        writeln!(peer.to, "{}", schema(kind).join(";"))?;
        let line = peer.line().map_err(|error| format!("{program}: {error}"))?;
        let mut words = line.split(' ').map(str::to_owned);
        peer.name = words.next().unwrap_or_default();
        peer.ways = words.filter_map(|way| way.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect();
        Ok(peer)
    }

    /// Whether it has a way of any workload: one that cannot use the database has none.
    pub fn takes_part(&self) -> bool {
        !self.ways.is_empty()
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.from.read_line(&mut line)? {
            0 => Err(format!("the program ended: {}", self.child.wait()?).into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer for Remote {
    fn name(&self) -> &str {
        &self.name
    }

    fn variants(&self, workload: &str) -> Vec<String> {
        self.ways.iter().filter(|(name, _)| name == workload).map(|(_, variant)| variant.clone()).collect()
    }

    fn turn(&mut self, turn: &Turn<'_>) -> Outcome<Turned> {
        let variant = if turn.variant.is_empty() { USUAL } else { turn.variant };
        let (n, budget) = (turn.n, turn.budget.as_millis());
        let workload = find(turn.workload)?;
        let (room, rows) = (workload.room.map_or(0, |room| room(n)), (workload.rows)(n));
        let (statements, stored) = ((workload.prepare)(self.kind, n).join(";"), workload.stored.unwrap_or_default());
        let words = format!("{} {variant} {n} {budget} {}", turn.workload, turn.is_first);
        writeln!(self.to, "{words}\t{room}\t{rows}\t{statements}\t{stored}")?;
        let line = self.line().map_err(|error| format!("{}, {} n = {n}: {error}", self.name, turn.workload))?;
        read(&line).map_err(|error| format!("{}, {} n = {n}: {error}", self.name, turn.workload).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_they_are_written() -> Outcome {
        let times = vec![Duration::from_nanos(5), Duration::from_millis(7)];
        let turned = Turned { seen: Seen { rows: 2, sum: 3 }, stored: -4, times };
        let again = read(&written(&turned))?;
        assert_eq!((again.seen, again.stored, again.times), (turned.seen, turned.stored, turned.times));
        assert!(read("failed for a reason").is_err_and(|error| error.to_string() == "failed for a reason"));
        Ok(())
    }
}
