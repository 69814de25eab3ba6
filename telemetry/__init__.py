"""What a program tells of itself while it works: to whom, and what is left out of all of it."""
