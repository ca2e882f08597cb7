-- what the interval of a figure holds: .9 leaves 5 % on each side; none where the figure was stored before, with .95
ALTER TABLE figures ADD COLUMN level DOUBLE;
