const _: () = {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub enum __Keys
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
    {
        #[default]
        Unset,
        T0(::orm::__private::BelongsTo<User>),
        T1(::orm::__private::BelongsTo<staff::Member>),
    }
    #[automatically_derived]
    #[allow(unused_variables)]
    impl ::orm::__private::TargetKeys for __Keys
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
    {
        fn number(&self) -> ::core::option::Option<usize> {
            match self {
                Self::Unset => ::core::option::Option::None,
                Self::T0(_) => ::core::option::Option::Some(0usize),
                Self::T1(_) => ::core::option::Option::Some(1usize),
            }
        }
        fn key(&self) -> ::core::option::Option<&dyn ::core::any::Any> {
            match self {
                Self::Unset => ::core::option::Option::None,
                Self::T0(key) => ::core::option::Option::Some(key),
                Self::T1(key) => ::core::option::Option::Some(key),
            }
        }
        fn state(&self) -> ::orm::__private::Foreign<'_> {
            match self {
                Self::Unset => ::orm::__private::Foreign::Unset,
                Self::T0(key) => ::orm::__private::ForeignField::state(key),
                Self::T1(key) => ::orm::__private::ForeignField::state(key),
            }
        }
        fn part(&self, index: usize) -> ::orm::__private::ValueRef<'_> {
            match self {
                Self::Unset => ::orm::__private::ValueRef::Null,
                Self::T0(key) => ::orm::__private::ForeignField::part(key, index),
                Self::T1(key) => ::orm::__private::ForeignField::part(key, index),
            }
        }
        fn set(&mut self, number: usize, to: ::orm::__private::Foreign<'_>) {
            *self = match number {
                0usize => {
                    let mut key = <::orm::__private::BelongsTo<User> as ::core::default::Default>::default();
                    ::orm::__private::ForeignField::set_state(&mut key, to);
                    Self::T0(key)
                }
                1usize => {
                    let mut key = <::orm::__private::BelongsTo<staff::Member> as ::core::default::Default>::default();
                    ::orm::__private::ForeignField::set_state(&mut key, to);
                    Self::T1(key)
                }
                _ => Self::Unset,
            };
        }
        fn read(row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            let mut found = Self::Unset;
            if let ::core::option::Option::Some(key) = ::orm::__private::read_target::<User>(row, found != Self::Unset)?
            {
                found = Self::T0(key);
            }
            if let ::core::option::Option::Some(key) =
                ::orm::__private::read_target::<staff::Member>(row, found != Self::Unset)?
            {
                found = Self::T1(key);
            }
            ::core::result::Result::Ok(found)
        }
        fn read_as(number: usize, row: &mut ::orm::__private::RowReader<'_>) -> ::orm::__private::Result<Self> {
            let key = match number {
                0usize => ::orm::__private::read_target::<User>(row, false)?.map(Self::T0),
                1usize => ::orm::__private::read_target::<staff::Member>(row, false)?.map(Self::T1),
                _ => ::core::option::Option::None,
            };
            ::core::result::Result::Ok(key.unwrap_or_default())
        }
    }
    #[automatically_derived]
    impl ::orm::__private::Targets for Owner
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
    {
        type Keys = __Keys;
        const MODELS: &'static [::orm::__private::TargetSpec] = &[
            ::orm::__private::TargetSpec { name: "user", text: "User", model: ::orm::__private::model_ref::<User>() },
            ::orm::__private::TargetSpec {
                name: "staff_member",
                text: "StaffMember",
                model: ::orm::__private::model_ref::<staff::Member>(),
            },
        ];
        fn at(number: usize, slot: u32, stamp: ::core::num::NonZeroU32) -> ::core::option::Option<Self> {
            match number {
                0usize => ::core::option::Option::Some(Self::User(::orm::__private::handle_at(slot, stamp))),
                1usize => ::core::option::Option::Some(Self::StaffMember(::orm::__private::handle_at(slot, stamp))),
                _ => ::core::option::Option::None,
            }
        }
    }
    :: orm :: __private :: serialized_keys ! (__Keys { T0 0 "User" User , T1 1 "StaffMember" staff :: Member });
    #[automatically_derived]
    impl ::orm::__private::check::OneKey for Owner
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
        for<'__orm> <staff::Member as ::orm::__private::Model>::Key:
            ::orm::__private::check::SameKey<<User as ::orm::__private::Model>::Key>,
    {
    }
    #[automatically_derived]
    impl ::orm::__private::Among<Owner> for User
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
    {
        const NUMBER: usize = 0usize;
        fn keys(key: ::orm::__private::BelongsTo<Self>) -> __Keys {
            __Keys::T0(key)
        }
    }
    #[automatically_derived]
    impl ::orm::__private::Among<Owner> for staff::Member
    where
        for<'__orm> User: ::orm::__private::check::IsModel,
        for<'__orm> staff::Member: ::orm::__private::check::IsModel,
    {
        const NUMBER: usize = 1usize;
        fn keys(key: ::orm::__private::BelongsTo<Self>) -> __Keys {
            __Keys::T1(key)
        }
    }
    const _: () = <User as ::orm::__private::check::IsModel>::IS_MODEL;
    const _: () = <staff::Member as ::orm::__private::check::IsModel>::IS_MODEL;
};
