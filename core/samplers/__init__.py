"""From noise to data: every sampler is a generator of Steps. One family a file; `registry` finds them by name."""
