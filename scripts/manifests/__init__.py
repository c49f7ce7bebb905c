"""Looks through the Kubernetes manifests without a cluster: schemas, names that must fit, rules of the house."""
