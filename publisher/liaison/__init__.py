"""Officers' records in, what they owe, monthly reports, points and reminders out. Nothing of it is ever part of the site."""
