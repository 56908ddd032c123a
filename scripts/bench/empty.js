// A program that does nothing: what a runtime alone takes.
