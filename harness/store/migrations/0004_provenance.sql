-- which version of a check's distribution gave a result, as scores have it of a metric's
ALTER TABLE checked ADD COLUMN version TEXT;
