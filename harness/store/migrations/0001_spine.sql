-- Rows are added, never changed. JSON columns hold what is only ever read back whole.
CREATE TABLE suites (version TEXT PRIMARY KEY, name TEXT NOT NULL, spec JSON NOT NULL, source TEXT, added_at TIMESTAMP NOT NULL);
CREATE TABLE cases (content TEXT PRIMARY KEY, body JSON NOT NULL);
CREATE TABLE suite_cases (
    version TEXT, position INTEGER, content TEXT NOT NULL, case_id TEXT NOT NULL, tier TEXT NOT NULL, cluster TEXT NOT NULL,
    slices JSON, PRIMARY KEY (version, position));

CREATE TABLE runs (id TEXT PRIMARY KEY, command TEXT NOT NULL, recipe JSON NOT NULL, folder TEXT NOT NULL, facts JSON, started_at TIMESTAMP NOT NULL);
-- subject: 'run' or 'evaluation'; the latest row is the state
CREATE TABLE states (subject TEXT, id TEXT, state TEXT, "at" TIMESTAMP, detail JSON, PRIMARY KEY (subject, id, state, "at"));
CREATE TABLE cleanings (run TEXT, cleaner TEXT, conversation TEXT, outcome TEXT NOT NULL, reason TEXT, source TEXT, PRIMARY KEY (run, cleaner, conversation));
-- a resumed run prepares and tries again: the latest row counts
CREATE TABLE preparations (run TEXT, "at" TIMESTAMP, body JSON NOT NULL, PRIMARY KEY (run, "at"));
CREATE TABLE trainings (key TEXT PRIMARY KEY, run TEXT, checkpoint JSON NOT NULL, finished_at TIMESTAMP NOT NULL);
CREATE TABLE run_trainings (run TEXT, training TEXT, "at" TIMESTAMP, PRIMARY KEY (run, training));
CREATE TABLE cycles (run TEXT, number INTEGER, body JSON NOT NULL, "at" TIMESTAMP, PRIMARY KEY (run, number, "at"));

CREATE TABLE evaluations (
    id TEXT PRIMARY KEY, suite TEXT NOT NULL, suite_version TEXT NOT NULL, selection TEXT NOT NULL, cases INTEGER NOT NULL,
    model JSON NOT NULL, fingerprint TEXT NOT NULL, parts JSON, numerics TEXT, settings JSON, facts JSON, verified BOOLEAN,
    run TEXT, created_at TIMESTAMP NOT NULL);
CREATE TABLE evaluation_names (name TEXT, evaluation TEXT, "at" TIMESTAMP, PRIMARY KEY (name, evaluation, "at"));
CREATE TABLE evaluation_cases (
    evaluation TEXT, position INTEGER, content TEXT, kind TEXT, answer_key TEXT NOT NULL, PRIMARY KEY (evaluation, content, kind));
-- answer_key: model, request, settings, numerics; with the sample number it is the prediction key
CREATE TABLE predictions (
    answer_key TEXT, sample INTEGER, kind TEXT NOT NULL, replies VARCHAR[], log_likelihoods DOUBLE[], tokens INTEGER[],
    finish_reason TEXT, prompt_tokens INTEGER, new_tokens INTEGER, seconds DOUBLE, error TEXT, run TEXT, PRIMARY KEY (answer_key, sample));
CREATE TABLE metrics (
    key TEXT PRIMARY KEY, use TEXT NOT NULL, code TEXT NOT NULL, options JSON, reads TEXT, names VARCHAR[], higher_is_better BOOLEAN,
    bounds JSON, comparable_on VARCHAR[], plugin TEXT, distribution TEXT, version TEXT);
CREATE TABLE scores (
    answer_key TEXT, content TEXT, metric TEXT, samples INTEGER, statistics DOUBLE[] NOT NULL, version TEXT,
    PRIMARY KEY (answer_key, content, metric, samples));
CREATE TABLE checks (key TEXT PRIMARY KEY, use TEXT NOT NULL, code TEXT NOT NULL, options JSON, plugin TEXT, distribution TEXT, version TEXT);
CREATE TABLE checked (
    answer_key TEXT, content TEXT, "check" TEXT, sample INTEGER, applies BOOLEAN, findings JSON,
    PRIMARY KEY (answer_key, content, "check", sample));

CREATE TABLE comparisons (id TEXT PRIMARY KEY, run TEXT, suite TEXT, baseline TEXT, candidate TEXT, body JSON NOT NULL, "at" TIMESTAMP NOT NULL);
CREATE TABLE decisions (run TEXT, "at" TIMESTAMP, body JSON NOT NULL, PRIMARY KEY (run, "at"));
CREATE TABLE baselines (name TEXT, suite TEXT, evaluation TEXT NOT NULL, note TEXT, "at" TIMESTAMP, PRIMARY KEY (name, suite, evaluation, "at"));
