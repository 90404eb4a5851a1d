/*
 * report: what the parts found, as lines; failures and differences stand where they happen, counts at the end of a part.
 *
 *   report.pass(part, n)  fail(part, message)  skip(part, message)  known(part, message, reason)
 *   report.count(part, label, good, all, note)    a figure of the table that finish() prints
 *
 * A known difference is one that has a reason (known.yaml, or the case's own): it is listed below its reason, and is
 * neither passed nor failed.
 */
const mostLines = Number(process.env.CONFORMANCE_LINES ?? 200); // of failures: more say nothing new

const number = (n) => n.toLocaleString('en');

export function openReport(print = console.log) {
  const total = { passed: 0, failed: 0, skipped: 0, known: 0 };
  const counts = [];
  const reasons = new Map();
  const pass = (part, n = 1) => { total.passed += n; };
  const fail = (part, message) => {
    total.failed++;
    if (total.failed <= mostLines) print(`FAIL ${part}: ${message}`);
  };
  const skip = (part, message) => {
    total.skipped++;
    print(`skip ${part}: ${message}`);
  };
  const known = (part, message, reason) => {
    total.known++;
    const heading = `known ${part}: ${reason}`;
    reasons.set(heading, [...(reasons.get(heading) ?? []), message]);
  };
  const count = (part, label, good, all, note = '') => counts.push({ part, label, good, all, note });

  /** Prints the table and the last line; true when nothing failed. */
  const finish = () => {
    for (const [heading, messages] of reasons) print([heading, ...messages.map((message) => `    ${message}`)].join('\n'));
    print('');
    const width = Math.max(0, ...counts.map(({ part }) => part.length));
    const labels = Math.max(0, ...counts.map(({ label }) => label.length));
    for (const { part, label, good, all, note } of counts) {
      print(`${part.padEnd(width)}  ${label.padEnd(labels)}  ${number(good)}/${number(all)}${note && `, ${note}`}`);
    }
    if (total.known) print(`${number(total.known)} known differences, listed above with their reasons`);
    print(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.failed === 0;
  };
  return { pass, fail, skip, known, count, finish };
}
