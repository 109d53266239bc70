const by = id => document.getElementById(id);
const finals = [];
let session = null; // {socket, stop, closed, sent}
let busy = false; // from the choice of a source to the end of its connection
let line = null;

function show(state) {
  by('state').textContent = state;
  by('stop').disabled = session === null;
  by('microphone').disabled = busy;
  by('file').disabled = busy;
}

// One source at a time: `work` ends when its connection has closed.
async function exclusively(work) {
  if (busy) {
    return;
  }
  busy = true;
  show('starting');
  begin();
  try {
    await known;
    await work();
  } finally {
    busy = false;
    show(by('state').textContent === 'starting' ? 'not connected' : by('state').textContent);
  }
}

function problem(text) {
  by('problem').hidden = !text;
  by('problem').textContent = text;
}

function clock(seconds, comma) {
  const ms = Math.round(seconds * 1000);
  const two = n => String(n).padStart(2, '0');
  return `${two(Math.floor(ms / 3600000))}:${two(Math.floor(ms / 60000) % 60)}:${two(Math.floor(ms / 1000) % 60)}`
      + comma + String(ms % 1000).padStart(3, '0');
}

function connect(rate, onStop) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const key = by('key').value;
  const socket = new WebSocket(`${scheme}//${location.host}/live`,
      key ? ['quantvoice', `openai-insecure-api-key.${key}`] : []);
  socket.binaryType = 'arraybuffer';
  const opened = {socket, rate, stop: onStop, ended: false, ready: false, samples: 0, sent: []};
  opened.closed = new Promise(resolve => opened.resolveClosed = resolve);
  session = opened;
  show('connecting');
  const ready = new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({type: 'start', rate, channels: 1, model: by('model').value}));
    socket.onmessage = message => {
      const event = JSON.parse(message.data);
      if (event.type === 'ready') {
        opened.ready = true;
        show(`listening (${event.model}, words after ${event.latencySeconds.toFixed(2)} s)`);
        resolve(opened);
      } else if (event.type === 'end') {
        opened.ended = true;
      }
      heard(event, opened);
    };
    socket.onclose = event => {
      onStop();
      if (session === opened) {
        session = null;
        show(opened.ended ? 'finished' : 'connection closed');
      }
      if (!opened.ended && by('problem').hidden) {
        problem(`The connection ended (${event.code}${event.reason ? ': ' + event.reason : ''}).`
            + (opened.ready ? '' : ` If the server refused this page, start it with --allow-origin ${location.origin}.`));
      }
      opened.resolveClosed();
      reject(new Error('closed'));
    };
  });
  return ready;
}

function send(opened, pcm) {
  opened.samples += pcm.byteLength / 2;
  opened.sent.push({end: opened.samples / opened.rate, at: performance.now()});
  opened.socket.send(pcm);
}

// Milliseconds since the piece was sent that holds this second of the audio; what waits on the way counts.
function sinceSent(opened, second) {
  while (opened.sent.length > 1 && opened.sent[0].end < second - 1e-3) {
    opened.sent.shift();
  }
  return opened.sent.length ? performance.now() - opened.sent[0].at : 0;
}

function heard(event, opened) {
  if (event.type === 'error') {
    problem(`Got ${event.got}; expected ${event.expected}; ${event.cure}.`);
    return;
  }
  if (event.latencyMs !== undefined) {
    const latency = Math.round(sinceSent(opened, event.end));
    by('latency').textContent = `latency ${latency} ms (server ${event.latencyMs.toFixed(1)} ms)`;
  }
  if (event.rtf !== undefined) {
    by('rtf').textContent = `RTF ${event.rtf.toFixed(4)}`;
  }
  if (event.type === 'partial') {
    write(event.committed, event.pending);
  } else if (event.type === 'final') {
    write(event.words, []);
    line = null;
    said(event);
  }
}

// An utterance is complete: it can be saved.
function said(final) {
  finals.push(final);
  save('srt', srt(), 'application/x-subrip');
  save('vtt', vtt(), 'text/vtt');
}

function save(id, text, type) {
  const link = by(id);
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], {type}));
  link.classList.remove('off');
}

function write(sure, open) {
  if (sure.length + open.length === 0) {
    if (line !== null) { // what was guessed was nothing
      line.remove();
      line = null;
    }
    return;
  }
  if (line === null) {
    line = document.createElement('p');
    line.append(document.createElement('time'), document.createElement('span'));
    by('captions').append(line);
    line.scrollIntoView({block: 'nearest'});
  }
  const words = line.lastChild;
  words.textContent = text(sure) + (sure.length && open.length && !open[0].attached ? ' ' : '');
  const pending = document.createElement('span');
  pending.className = 'pending';
  pending.textContent = text(open);
  words.append(pending);
  line.firstChild.textContent = clock([...sure, ...open][0].start, '.').slice(3, 10);
}

// Words of languages without spaces are attached to the word before.
function text(words) {
  return words.map((w, i) => (i > 0 && !w.attached ? ' ' : '') + w.word).join('');
}

// Cues of at most 8 words or 7 seconds.
function cues() {
  const all = [];
  for (const final of finals) {
    let cue = [];
    for (const word of final.words) {
      if (cue.length === 8 || cue.length > 0 && word.end - cue[0].start > 7) {
        all.push(cue);
        cue = [];
      }
      cue.push(word);
    }
    all.push(cue);
  }
  return all.map(cue =>
    ({start: cue[0].start, end: cue[cue.length - 1].end, text: cue.map(w => w.word).join(' ')}));
}

function srt() {
  return cues().map((cue, i) =>
    `${i + 1}\n${clock(cue.start, ',')} --> ${clock(cue.end, ',')}\n${cue.text}\n`).join('\n');
}

function vtt() {
  const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return 'WEBVTT\n\n' + cues().map(cue =>
    `${clock(cue.start, '.')} --> ${clock(cue.end, '.')}\n${escaped(cue.text)}\n`).join('\n');
}

function level(power) {
  by('level').value = Math.max(-60, 10 * Math.log10(power + 1e-9));
}

function begin() {
  problem('');
  finals.length = 0;
  line = null;
  by('captions').replaceChildren();
  by('srt').classList.add('off');
  by('vtt').classList.add('off');
  by('latency').textContent = '';
  by('rtf').textContent = '';
}

async function microphone() {
  if (!navigator.mediaDevices) {
    problem('Browsers give the microphone to pages of localhost and of https only.');
    return;
  }
  let media;
  try {
    media = await navigator.mediaDevices.getUserMedia({audio: {channelCount: 1}});
  } catch (refused) {
    problem(`No microphone: ${refused.message}.`);
    return;
  }
  const context = new AudioContext();
  const stop = () => {
    media.getTracks().forEach(track => track.stop());
    if (context.state !== 'closed') {
      context.close();
    }
    level(0);
  };
  try {
    await context.audioWorklet.addModule('microphone.js');
    const opened = await connect(context.sampleRate, stop);
    const node = new AudioWorkletNode(context, 'microphone');
    node.port.onmessage = ({data}) => {
      level(data.power);
      if (opened.socket.readyState === WebSocket.OPEN && !opened.stopping) {
        send(opened, data.pcm);
      }
    };
    context.createMediaStreamSource(media).connect(node);
    await context.resume();
    await opened.closed;
  } catch (failed) {
    stop();
    if (session) {
      session.socket.close();
    }
    if (by('problem').hidden) {
      problem(`The microphone cannot be used: ${failed.message}.`);
    }
  }
}

// Sends the recording as a form and follows it: first how much has arrived, then that it is worked on.
function upload(blob) {
  const form = new FormData();
  form.append('model', by('model').value);
  form.append('response_format', 'verbose_json');
  form.append('timestamp_granularities[]', 'word');
  form.append('timestamp_granularities[]', 'segment');
  form.append('file', blob, blob.name);
  const request = new XMLHttpRequest();
  request.open('POST', 'v1/audio/transcriptions');
  if (by('key').value) {
    request.setRequestHeader('Authorization', `Bearer ${by('key').value}`);
  }
  request.responseType = 'json';
  return new Promise((resolve, reject) => {
    request.upload.onprogress = event => {
      by('progress').value = event.loaded / event.total;
      show(`sending ${Math.round(100 * event.loaded / event.total)} %`);
    };
    request.upload.onload = () => {
      by('progress').removeAttribute('value');
      show('transcribing');
    };
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Error('the server cannot be reached'));
    request.send(form);
  });
}

async function file(blob) {
  by('progress').hidden = false;
  by('progress').value = 0;
  const begun = performance.now();
  try {
    const answer = await upload(blob);
    const said = answer.response;
    if (answer.status !== 200) {
      problem(`${blob.name}: ${said && said.error ? said.error.message : `status ${answer.status}`}`);
      show('refused');
      return;
    }
    by('rtf').textContent = `RTF ${((performance.now() - begun) / 1000 / said.duration).toFixed(4)}`;
    for (const segment of said.segments) {
      transcribed(said.words.filter(w => w.start >= segment.start - 1e-6 && w.start < segment.end));
    }
    show('finished');
  } catch (failed) {
    problem(`${blob.name}: ${failed.message}.`);
    show('failed');
  } finally {
    by('progress').hidden = true;
  }
}

function transcribed(words) {
  if (words.length) {
    write(words, []);
    line = null;
    said({words});
  }
}

function finish() {
  if (session && session.socket.readyState === WebSocket.OPEN && !session.stopping) {
    session.stopping = true;
    session.stop();
    session.socket.send(JSON.stringify({type: 'stop'}));
    show('finishing');
  }
}

// The models to choose from; asks for a key where the server does.
async function models() {
  const key = by('key').value;
  const answer = await fetch('v1/models', {headers: key ? {Authorization: `Bearer ${key}`} : {}});
  by('asked').hidden = answer.status !== 401 && !key;
  if (answer.status !== 200) {
    if (key) {
      problem((await answer.json()).error.message);
    }
    return;
  }
  by('model').replaceChildren(...(await answer.json()).data.map(model => new Option(model.id)));
  by('choice').hidden = by('model').length < 2;
}

let known = models(); // no source begins before it is done: its model is chosen there
by('key').onchange = () => {
  problem('');
  known = models();
};
by('microphone').onclick = () => exclusively(microphone);
by('stop').onclick = finish;
by('file').onchange = event => {
  const chosen = event.target.files[0];
  if (chosen) {
    exclusively(() => file(chosen));
  }
  event.target.value = ''; // so that the same file can be chosen again
};
document.body.ondragover = event => {
  event.preventDefault();
  if (busy) {
    event.dataTransfer.dropEffect = 'none';
  } else {
    document.body.classList.add('drop');
  }
};
document.body.ondragleave = () => document.body.classList.remove('drop');
document.body.ondrop = event => {
  event.preventDefault();
  document.body.classList.remove('drop');
  const dropped = event.dataTransfer.files[0];
  if (dropped) {
    exclusively(() => file(dropped));
  }
};
