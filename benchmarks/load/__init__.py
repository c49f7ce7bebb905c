"""Load on our server and on others of its kind: scenarios, a generator of keystrokes, and one table."""
