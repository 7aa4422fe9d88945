"""The 2-D twin: data in the plane, their exact denoisers, and what is measured of paths."""
