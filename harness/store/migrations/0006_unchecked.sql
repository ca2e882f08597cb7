-- why a check could not judge a reply that it applies to: neither a finding nor clean
ALTER TABLE checked ADD COLUMN unchecked TEXT;
