package luabind

func (s *state) openOs() { s.setLibrary("os", nil) }
