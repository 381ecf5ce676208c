"""Files beside what is said and asked: fetched from the net, and found beside a script."""
