package luabind

func (s *state) openString() { s.setLibrary("string", nil) }
