pub enum Owner {
    User(Handle<User>),
    StaffMember(Handle<staff::Member>),
}
