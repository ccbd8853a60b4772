"""A MIME reader that goes through a message once, front to back, in memory that does not follow its size.

There is no streaming MIME parser to take from elsewhere (LIBRARIES), so this one is ours. It never raises
for what a message holds: what is wrong with it is said in `defects`.
"""
