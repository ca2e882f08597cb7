-- who moved a baseline, what justified it, and the exit code of the gate it rests on (anything but 0: promoted anyway);
-- selected_from: how many models it was picked from on these very cases
ALTER TABLE baselines ADD COLUMN who TEXT;
ALTER TABLE baselines ADD COLUMN comparison TEXT;
ALTER TABLE baselines ADD COLUMN selected_from INTEGER;
ALTER TABLE baselines ADD COLUMN decision INTEGER;
CREATE TABLE anchors (suite TEXT, evaluation TEXT, note TEXT, who TEXT, "at" TIMESTAMP, PRIMARY KEY (suite, evaluation, "at"));
-- one metric of one evaluation, as it was first computed; `name` is what its suite calls the metric
CREATE TABLE figures (
    evaluation TEXT, metric TEXT, name TEXT, value DOUBLE NOT NULL, low DOUBLE NOT NULL, high DOUBLE NOT NULL, n INTEGER NOT NULL,
    clusters INTEGER NOT NULL, errors INTEGER NOT NULL, "at" TIMESTAMP NOT NULL, PRIMARY KEY (evaluation, metric, name));
-- the same model measured again and again: the noise floor of a metric on one machine
CREATE TABLE noises (
    suite TEXT, suite_version TEXT, selection TEXT, metric TEXT, name TEXT, fingerprint TEXT, numerics TEXT, times INTEGER NOT NULL,
    value DOUBLE NOT NULL, deviation DOUBLE NOT NULL, changed DOUBLE NOT NULL, facts JSON, "at" TIMESTAMP,
    PRIMARY KEY (suite_version, selection, metric, name, fingerprint, "at"));
