"""The schedule microscope: time grids, ours and the peers', as curves to lay over one another, write and read."""
