"""Where the things of maps are drawn: laid out when a release is made, and kept from then on."""
