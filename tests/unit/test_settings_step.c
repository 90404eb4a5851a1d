#include "check.h"

#include "format/yaml_read.h"
#include "model/settings_step.h"

/* Attributes of a step, what is told of them (NULL: something is), and the jobs they make. */
static const struct {
    const char *yaml, *problems;
    size_t jobs;
} rows[] = {
    {"agents: {queue: x}", "", 1},
    {"anything: {else: [1, 2]}", "", 1},
    {"agnets: {queue: x}", "1:1 unknown key 'agnets'; did you mean 'agents'?\n", 1},
    {"timeout_in_minuets: 5", "1:1 unknown key 'timeout_in_minuets'; did you mean 'timeout_in_minutes'?\n", 1},
    {"match: {name: x}",
     "1:1 nothing reads 'match' here; an entry of 'steps' has 'match', 'after' and 'before', one of 'gates' 'when' and "
     "'before'\n",
     1},
    {"key: x", "1:1 'key' of a step is decided by the program\n", 1},
    {"parallelism: 4", "", 4},
    {"parallelism: 0", "1:14 'parallelism' is a whole number from 1 on\n", 1},
    {"parallelism: '4'", NULL, 1},
    {"parallelism: 501", "1:14 an upload makes 500 jobs at most\n", 501},
    {"parallelism: ~", "", 1},
    {"matrix: [a, b, c]", "", 3},
    {"matrix: {setup: [a, b], adjustments: [{with: a, skip: true}]}", "", 2},
    {"matrix: {setup: [a, b], adjustments: [{with: c}]}", "", 3},
    {"matrix: {setup: {os: [l, w], go: [1, 2, 3]}}", "", 6},
    {"matrix: {setup: {os: [l, w], go: [1]}, adjustments: [{with: {os: l, go: 1}}, {with: {os: b, go: 1}}]}", "", 3},
    {"matrix: {setup: {os: [l], go: [1]}, adjustments: [{with: {os: l}}]}",
     "1:51 an adjustment says 'with' which value of each dimension\n", 1},
    {"matrix: [a]\nparallelism: 2", "2:14 a step has either 'matrix' or 'parallelism'\n", 1},
    {"matrix: a", "1:9 'matrix' is a list of values or a mapping with 'setup'\n", 1},
    {"matrix: []", NULL, 1},
    {"matrix: {adjustments: []}", "1:9 a matrix needs 'setup', its values\n", 1},
    {"matrix: {setup: {a b: [x]}}", "1:18 the name of a dimension has letters, digits and '_' only\n", 1},
    {"matrix: {setup: {a: [x], b: [x], c: [x], d: [x], e: [x], f: [x], g: [x]}}",
     "1:17 a matrix has 1 to 6 dimensions, not 7\n", 1},
    {"matrix: [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a]", "", 25},
    {"matrix: [a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a]",
     "1:9 a dimension of a matrix has at most 25 values, not 26\n", 26},
    {"matrix: {setup: {a: [1, 2, 3, 4, 5, 6, 7, 8], b: [1, 2, 3, 4, 5, 6, 7]}}",
     "1:9 a matrix makes at most 50 jobs, and this one more\n", 56},
    {"matrix: [\"it's\"]", "1:10 a value with quotes, '$', '\\' or a line's end would break the command\n", 1},
    {"matrix: [[a]]", NULL, 1},
    {"matrix: [a]\nlabel: ':docker: {{matrix}}'\nenv: {A: '{{matrix}}'}\nagents: {queue: '{{matrix}}'}", "", 1},
    {"matrix: [a]\ndepends_on: 'x-{{matrix}}'", "2:13 'depends_on' cannot hold {{matrix}}\n", 1},
    {"matrix: [a]\nconcurrency: 1\nconcurrency_group: '{{matrix}}'",
     "3:20 'concurrency_group' cannot hold {{matrix}}\n", 1},
    {"label: '{{matrix}}'", "1:8 {{matrix}} stands for nothing here: the step has no 'matrix'\n", 1},
    {"matrix: {setup: {os: [l, w], go: [1]}}\nenv: {A: '{{matrix.os}}-{{matrix.go}}', B: '{{matrix.'}", "", 2},
    {"matrix: {setup: {os: [l, w], go: [1]}}\nenv: {A: '{{matrix.os}}-{{matrix.gx}}'}",
     "2:10 {{matrix.gx}} is no dimension of the step's matrix, which has {{matrix.os}} {{matrix.go}}\n", 2},
    {"matrix: {setup: {os: [l, w]}}\nagents: {queue: 'q-{{matrix}}'}",
     "2:17 {{matrix}} is no dimension of the step's matrix, which has {{matrix.os}}\n", 2},
    {"matrix: [l, w]\nlabel: '{{matrix.os}}'",
     "2:8 {{matrix.os}} is no dimension of the step's matrix, which has {{matrix}}\n", 2},
    {"concurrency: 1\nconcurrency_group: g\nconcurrency_method: eager", "", 1},
    {"concurrency: 1", "1:14 'concurrency' needs a 'concurrency_group'\n", 1},
    {"concurrency_group: g", "1:20 'concurrency_group' needs 'concurrency'\n", 1},
    {"concurrency: 0\nconcurrency_group: g", "1:14 'concurrency' is a whole number from 1 on\n", 1},
    {"concurrency_method: ordered", "1:21 'concurrency_method' needs 'concurrency' and 'concurrency_group'\n", 1},
    {"concurrency: 1\nconcurrency_group: g\nconcurrency_method: fair", NULL, 1},
    {"if: build.branch == 'x'", "", 1},
    {"if: x\nbranches: y", "2:11 a step has either 'if' or 'branches'\n", 1},
    {"retry: {automatic: true, manual: {allowed: false}}", "", 1},
    {"retry: {automatic: {exit_status: 1, limit: 10}}", "", 1},
    {"retry: {automatic: [{exit_status: '*', limit: 11}]}", "1:47 the limit of a retry is 0 to 10\n", 1},
    {"retry: {automatic: [{exit_status: -1}, {exit_status: [1, 255]}, {signal: kill}]}", "", 1},
    {"retry: {automatic: [{exit_status: abc}]}", "1:35 'exit_status' is a whole number, a list of them, or \"*\"\n", 1},
    {"retry: {automatic: {exit_status: ['*']}}", NULL, 1},
    {"retry: {automatic: {exit_status: '1'}}", NULL, 1},
    {"retry: {automatic: often}", "1:20 'automatic' is true, false, a rule or a list of rules\n", 1},
    {"retry: {automatic: [1]}", NULL, 1},
    {"retry: true", NULL, 1},
    {"priority: -3", "", 1},
    {"priority: high", "1:11 'priority' is a whole number\n", 1},
    {"skip: true", "", 1},
    {"skip: not now", "", 1},
    {"skip: off", "1:7 Buildkite takes 'off' for a reason, and skips the step; write true or false\n", 1},
    {"skip: [x]", NULL, 1},
    {"skip: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg1",
     "1:7 the reason of a skipped step has at most 70 bytes\n", 1},
    {"soft_fail: true", "", 1},
    {"soft_fail: [{exit_status: 1}, {exit_status: '*'}]", "", 1},
    {"soft_fail: yes", NULL, 1},
    {"soft_fail: [{status: 1}]", NULL, 1},
    {"artifact_paths: 'a/**'", "", 1},
    {"artifact_paths: [a, b]", "", 1},
    {"artifact_paths: {a: b}", "1:17 'artifact_paths' is a string or a list of strings\n", 1},
    {"notify: [{slack: '#x'}, github_check]", "", 1},
    {"notify: {slack: x}", "1:9 'notify' is a list, not a mapping\n", 1},
    {"notify: [{email: a@b}]", "1:10 'email' notifies of builds only, not of steps\n", 1},
    {"timeout_in_minutes: 30", "", 1},
    {"timeout_in_minutes: 0", "1:21 'timeout_in_minutes' is a whole number from 1 on\n", 1},
    {"timeout_in_minutes: soon", NULL, 1},
};

int main(void) {
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct diagnostics problems = diag_in(&arena);
        struct buffer told = buffer_in(&arena);
        const struct node *node = NULL;
        const struct source *source = source_create(&arena, TEXT("f"), text_from(rows[i].yaml));
        CHECK(yaml_read_one(&arena, source, &problems, &node), "%s", rows[i].yaml);
        bool ok = settings_check_step(node, &problems);
        for (size_t j = 0; j < problems.list.count; j++) {
            const struct diagnostic *problem = problems.list.items[j];
            buffer_format(&told, "%u:%u %.*s\n", problem->place.line, problem->place.column,
                          TEXT_ARG(problem->message));
        }
        if (rows[i].problems != NULL) CHECK_TEXT(buffer_text(&told), rows[i].problems, rows[i].yaml);
        CHECK(ok == (rows[i].problems != NULL && rows[i].problems[0] == '\0') && ok != diag_has_errors(&problems), "%s",
              rows[i].yaml);
        CHECK(settings_step_jobs(node) == rows[i].jobs, "%zu jobs: %s", settings_step_jobs(node), rows[i].yaml);
    }
    CHECK(settings_step_jobs(NULL) == 1, "no attributes");
    arena_finish(&arena);
    return check_done("settings_step");
}
