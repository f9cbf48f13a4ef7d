"""Which listings fit each other: pure functions from listings to their best counterparts, with reasons."""
