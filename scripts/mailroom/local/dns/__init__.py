"""A DNS server on loopback: the names of our SES and of the cloud's Route 53, so that strangers can look up
what they would look up in the world. It asks nobody else."""
