"""A library in, a site out: catalogue, views, plan, render, ledger, build."""
