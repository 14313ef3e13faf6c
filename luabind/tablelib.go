package luabind

func (s *state) openTable() { s.setLibrary("table", nil) }
