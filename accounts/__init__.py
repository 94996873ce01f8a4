"""Who acts: people, roles held over an area, scope, sign-in, activation, personal-data reveals."""
