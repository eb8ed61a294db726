const _: () = {
    const _: () = ::orm::__private::check::is_row::<String>();
    const _: () = ::orm::__private::check::is_row::<Option<f64>>();
    const _: () = ::orm::__private::check::is_row::<String>();
    const _: () = ::orm::__private::check::is_row::<i64>();
    #[automatically_derived]
    impl ::orm::__private::RowType for Spending
    where
        for<'__orm> String: ::orm::__private::RowType,
        for<'__orm> Option<f64>: ::orm::__private::RowType,
        for<'__orm> String: ::orm::__private::RowType,
        for<'__orm> i64: ::orm::__private::RowType,
    {
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            ::core::result::Result::Ok(Self {
                customer: <String as ::orm::__private::RowType>::read(row)?,
                total: <Option<f64> as ::orm::__private::RowType>::read(row)?,
                str: <String as ::orm::__private::RowType>::read(row)?,
                r#type: <i64 as ::orm::__private::RowType>::read(row)?,
            })
        }
        fn shapes(shapes: &mut ::std::vec::Vec<::orm::__private::Shape>) {
            <String as ::orm::__private::RowType>::shapes(shapes);
            <Option<f64> as ::orm::__private::RowType>::shapes(shapes);
            <String as ::orm::__private::RowType>::shapes(shapes);
            <i64 as ::orm::__private::RowType>::shapes(shapes);
        }
        fn subject() -> &'static str {
            "Spending"
        }
    }
    const _: () = {
        #[diagnostic::on_unimplemented(
            message = "the field `customer` of `Spending` is `String`, and `{Self}` is selected for it",
            label = "value 1 of the selection has another type than the field `customer`"
        )]
        #[allow(non_camel_case_types)]
        trait customer {}
        impl customer for String {}
        #[diagnostic::on_unimplemented(
            message = "the field `total` of `Spending` is `Option<f64>`, and `{Self}` is selected for it",
            label = "value 2 of the selection has another type than the field `total`"
        )]
        #[allow(non_camel_case_types)]
        trait total {}
        impl total for Option<f64> {}
        #[diagnostic::on_unimplemented(
            message = "the field `str` of `Spending` is `String`, and `{Self}` is selected for it",
            label = "value 3 of the selection has another type than the field `str`"
        )]
        #[allow(non_camel_case_types)]
        trait str_ {}
        impl str_ for String {}
        #[diagnostic::on_unimplemented(
            message = "the field `type` of `Spending` is `i64`, and `{Self}` is selected for it",
            label = "value 4 of the selection has another type than the field `type`"
        )]
        #[allow(non_camel_case_types)]
        trait r#type {}
        impl r#type for i64 {}
        #[automatically_derived]
        impl<__P0: customer, __P1: total, __P2: str_, __P3: r#type>
            ::orm::__private::FilledFrom<(__P0, __P1, __P2, __P3)> for Spending
        where
            for<'__orm> String: ::orm::__private::RowType,
            for<'__orm> Option<f64>: ::orm::__private::RowType,
            for<'__orm> String: ::orm::__private::RowType,
            for<'__orm> i64: ::orm::__private::RowType,
        {
        }
    };
    #[automatically_derived]
    impl ::orm::__private::FromRow for Spending
    where
        for<'__orm> String: ::orm::__private::RowType + ::orm::__private::check::IsValue,
        for<'__orm> Option<f64>: ::orm::__private::RowType + ::orm::__private::check::IsValue,
        for<'__orm> String: ::orm::__private::RowType + ::orm::__private::check::IsValue,
        for<'__orm> i64: ::orm::__private::RowType + ::orm::__private::check::IsValue,
    {
        const WIDTH: usize = 4usize;
        const COLUMNS: ::core::option::Option<&'static [&'static str]> =
            ::core::option::Option::Some(&["customer", "sum", "str", "type"]);
    }
};
