"""An invented job site, served from the package on this machine, for a first crawl without the network."""
