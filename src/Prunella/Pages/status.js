// The status page. Every text is set as text, never as markup; what would reverse or hide text is written out.
const $ = id => document.getElementById(id);
const hostile = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const inert = text => String(text ?? '').replace(hostile, c => `\\u{${c.codePointAt(0).toString(16).toUpperCase()}}`);
const storyMax = 300;
let token = sessionStorage.getItem('token') ?? '';
let me = null;

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { text, ...rest } = properties;
  Object.assign(node, rest);
  if (text !== undefined) node.textContent = inert(text);
  node.append(...children);
  return node;
}

async function ask(path, options = {}) {
  const headers = { Accept: 'application/json', ...(token && { Authorization: `Bearer ${token}` }), ...(options.body && { 'Content-Type': 'application/json' }), ...options.headers };
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? problem.title ?? `The server answered ${response.status}.`), { status: response.status });
}
const read = async path => (await ask(path)).json();

let toastTimer;
function complain(error) {
  $('fault').textContent = inert(error.message);
  $('fault').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $('fault').hidden = true; }, 8000);
}

const roles = ['Viewer', 'Approver', 'Operator', 'Admin'];
const may = role => me && roles.indexOf(me.role) >= roles.indexOf(role);
const target = t => t ? `${t.kind} ${t.namespace ? t.namespace + '/' : ''}${t.name}` : '';
const clock = at => new Date(at).toLocaleTimeString([], { hour12: false });
const tone = { Resolved: 'good', Closed: 'good', Escalated: 'bad', AwaitingApproval: 'warn' };
const words = { AwaitingApproval: 'waits for approval', Executing: 'acts', Validating: 'checks', Undoing: 'undoes' };

function showStatus(status) {
  me = status;
  $('who').textContent = inert(`${status.demo ? 'demo · ' : ''}${status.you} · ${status.role.toLowerCase()} · version ${status.version}`);
  const facts = [
    [`stage ${status.stage}`, status.stage === 'Full' ? '' : 'warn'],
    [status.ready ? 'ready' : 'not ready', status.ready ? 'good' : 'bad'],
    [status.openBreakers ? `${status.openBreakers} breaker open` : 'breakers closed', status.openBreakers ? 'bad' : 'good'],
    ...(status.pendingSignals ? [[`${status.pendingSignals} signals wait`, 'warn']] : []),
  ];
  $('facts').replaceChildren(...facts.map(([text, kind]) => el('span', { className: `pill ${kind}`, text })));
  document.title = status.waitingApprovals ? `(${status.waitingApprovals}) Prunella` : 'Prunella';
}

function showApprovals(approvals) {
  $('n-approvals').textContent = approvals.length || '';
  const box = $('approvals');
  const known = new Map([...box.children].map(node => [node.dataset.id, node]));
  // A card that is there stays, so that what somebody types into it is not lost.
  box.replaceChildren(...approvals.map(approval => known.get(approval.id) ?? approvalCard(approval)));
  if (!approvals.length) box.replaceChildren(el('p', { className: 'empty', text: 'Nothing waits for you.' }));
}

function approvalCard(approval) {
  const card = el('article', { className: 'approval' });
  card.dataset.id = approval.id;
  card.append(
    el('h3', { text: `${approval.action} on ${target(approval.target)}` }),
    el('p', { text: approval.recommendation }),
    el('p', { className: 'quiet', text: `${approval.risks ? 'Risks: ' + approval.risks + ' ' : ''}Silence after ${clock(approval.expiresAt)} is a rejection.` }));
  if (approval.diff) card.append(el('details', {}, el('summary', { text: 'What would change' }), el('pre', { text: approval.diff })));
  if (may('Approver')) {
    const reason = el('input', { placeholder: 'Why? For the ledger.', maxLength: 2000, required: true });
    reason.setAttribute('aria-label', 'Reason');
    const approve = el('button', { className: 'good', text: 'Approve', value: 'approve' });
    const reject = el('button', { className: 'plain', text: 'Reject', value: 'reject' });
    const form = el('form', { className: 'decide' }, reason, approve, reject);
    form.addEventListener('submit', async event => {
      event.preventDefault();
      approve.disabled = reject.disabled = true;
      try {
        await ask(`/api/v1/approvals/${approval.id}/decision`, { method: 'POST', headers: { 'If-Match': `"${approval.version}"` }, body: JSON.stringify({ approve: event.submitter?.value !== 'reject', reason: reason.value }) });
      } catch (error) { complain(error); }
      approve.disabled = reject.disabled = false;
      refresh();
    });
    card.append(form);
  }
  return card;
}

function showIncidents(page, open) {
  $('n-incidents').textContent = `${open} open, ${page.total} in all`;
  $('no-incidents').hidden = page.items.length > 0;
  $('incidents').replaceChildren(...page.items.map(incident => el('tr', { title: inert(`${incident.short}${incident.outcome ? ': ' + incident.outcome : ''}`) },
    el('td', {}, el('span', { className: `pill ${tone[incident.state] ?? ''}`, text: words[incident.state] ?? incident.state.toLowerCase() })),
    el('td', { text: target(incident.target) }),
    el('td', { text: incident.title }),
    el('td', { text: incident.cause ?? '' }),
    el('td', { text: incident.action ? `${incident.action}${incident.validation ? ' · ' + incident.validation : incident.verdict ? ' · ' + incident.verdict : ''}` : '' }),
    el('td', { text: clock(incident.noticedAt) }))));
}

function showTrust(stages, breakers, kill) {
  const line = (left, right, kind = '') => el('div', { className: 'line' }, el('span', { text: left }), el('span', { className: `pill ${kind}`, text: right }));
  $('stages').replaceChildren(...stages.map(stage => line(stage.scope, stage.stage + (stage.stage === 'Canary' ? ` ${stage.canaryPercent} %` : ''), stage.stage === 'Full' ? 'good' : 'warn')));
  const moved = breakers.filter(breaker => breaker.phase !== 'Closed');
  $('breakers').replaceChildren(...(moved.length ? moved.map(breaker => line(breaker.scope, breaker.phase, 'bad')) : [el('p', { className: 'quiet', text: 'All are closed: automation has not stopped itself.' })]));
  $('kill').hidden = !kill.on;
  $('kill-why').textContent = inert(`${kill.by}: ${kill.reason}`);
  $('kill-state').textContent = kill.on ? 'On: nothing executes.' : 'Off.';
  $('kill-form').hidden = !may('Operator');
  $('kill-button').textContent = kill.on ? 'Turn off' : 'Stop everything';
  $('kill-button').dataset.on = String(!kill.on);
}

function tell(happened) {
  $('no-story').hidden = true;
  const story = $('story');
  const atEnd = story.scrollTop < 8;
  story.prepend(el('li', { className: happened.kind },
    el('time', { text: clock(happened.at) }), el('span', { className: 'kind', text: happened.kind.toLowerCase() }),
    el('span', { className: 'whose', text: happened.target?.name ?? '', title: inert(target(happened.target)) }), el('span', { className: 'text', text: happened.text })));
  while (story.children.length > storyMax) story.lastChild.remove();
  if (atEnd) story.scrollTop = 0;
}

let refreshing = false, again = false;
async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const [status, approvals, incidents, stages, breakers, kill] = await Promise.all([
      read('/api/v1/status'), read('/api/v1/approvals?pending=true'), read('/api/v1/incidents?limit=30'), read('/api/v1/stages'), read('/api/v1/breakers'), read('/api/v1/kill-switch')]);
    showStatus(status); showApprovals(approvals); showIncidents(incidents, status.openIncidents); showTrust(stages, breakers, kill);
    $('content').hidden = false; $('sign-in').hidden = true;
  } catch (error) {
    if (error.status === 401 || error.status === 429) signIn(token ? error.message : '');
    else if (error.status) complain(error);
  } finally {
    refreshing = false;
    if (again) { again = false; setTimeout(refresh, 150); }
  }
}

function signIn(fault) {
  $('content').hidden = true; $('sign-in').hidden = false;
  $('token-fault').textContent = inert(fault);
  sessionStorage.removeItem('token');
  token = '';
}

// fetch instead of EventSource: only it can send the token.
async function listen() {
  for (let pause = 500; ; pause = Math.min(pause * 2, 10000)) {
    try {
      if (me) {
        const response = await ask('/api/v1/events', { headers: { Accept: 'text/event-stream' } });
        $('live').classList.add('on');
        pause = 500;
        refresh();
        let rest = '';
        for await (const chunk of chunks(response.body.pipeThrough(new TextDecoderStream()))) {
          rest += chunk;
          for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
            const data = rest.slice(0, end).split('\n').filter(l => l.startsWith('data:')).map(l => l.slice(5).trimStart()).join('\n');
            if (data && data !== 'null') { tell(JSON.parse(data)); refresh(); }
          }
        }
      }
    } catch (error) { if (error.status === 401) me = null; }
    $('live').classList.remove('on');
    await new Promise(done => setTimeout(done, pause));
  }
}
async function* chunks(stream) {
  const reader = stream.getReader();
  for (let part; !(part = await reader.read()).done;) yield part.value;
}

$('token-form').addEventListener('submit', event => {
  event.preventDefault();
  token = $('token').value.trim();
  sessionStorage.setItem('token', token);
  $('token').value = '';
  refresh();
});
$('kill-form').addEventListener('submit', async event => {
  event.preventDefault();
  try {
    await ask('/api/v1/kill-switch', { method: 'PUT', body: JSON.stringify({ on: $('kill-button').dataset.on === 'true', reason: $('kill-reason').value }) });
    $('kill-reason').value = '';
  } catch (error) { complain(error); }
  refresh();
});

refresh().then(listen);
setInterval(refresh, 5000);
