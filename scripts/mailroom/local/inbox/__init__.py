"""Sent mail, looked at in a browser.

guard       who may ask: a browser that calls this machine by its own name
pages       which path is which page; policies: the headers that go with each
index       what is known of each mail without opening it twice; search: the words a reader types
outcome     how a mail went, from its events; timeline: those events, one by one
message     a mail opened; headers: its header fields, decoded and explained
cleaner     a mail's HTML without what loads or runs, made by a process of its own; styles: its CSS
views/      the HTML of the pages
assets/     one style sheet, one script
"""
