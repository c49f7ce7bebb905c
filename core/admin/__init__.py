"""The admin of those who run this server: wiring, so it may look at everything. notes/admin.py shows the domain."""
