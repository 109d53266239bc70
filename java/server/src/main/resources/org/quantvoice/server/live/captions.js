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
  const socket = new WebSocket(`${scheme}//${location.host}/live`);
  socket.binaryType = 'arraybuffer';
  const opened = {socket, rate, stop: onStop, ended: false, ready: false, samples: 0, sent: []};
  opened.closed = new Promise(resolve => opened.resolveClosed = resolve);
  session = opened;
  show('connecting');
  const ready = new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({type: 'start', rate, channels: 1}));
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
    finals.push(event);
    const link = by('srt');
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([srt()], {type: 'application/x-subrip'}));
    link.classList.remove('off');
  }
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

// Cues of at most 8 words (24 characters of a language without spaces) or 7 seconds.
function srt() {
  const cues = [];
  for (const final of finals) {
    let cue = [];
    for (const word of final.words) {
      if (3 * cue.filter(w => !w.attached).length + cue.filter(w => w.attached).length >= 24 || cue.length > 0 && word.end - cue[0].start > 7) {
        cues.push(cue);
        cue = [];
      }
      cue.push(word);
    }
    cues.push(cue);
  }
  return cues.map((cue, i) =>
    `${i + 1}\n${clock(cue[0].start, ',')} --> ${clock(cue[cue.length - 1].end, ',')}\n`
    + text(cue) + '\n').join('\n');
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

async function file(blob) {
  const rate = 16000;
  let audio;
  try {
    audio = await new OfflineAudioContext(1, 1, rate).decodeAudioData(await blob.arrayBuffer());
  } catch (failed) {
    problem(`${blob.name} is no audio that this browser can read.`);
    return;
  }
  const opened = await connect(rate, () => level(0)).catch(() => null);
  const piece = rate / 10;
  for (let at = 0; opened && at < audio.length && opened.socket.readyState === WebSocket.OPEN; at += piece) {
    const pcm = new Int16Array(Math.min(piece, audio.length - at));
    let power = 0;
    for (let c = 0; c < audio.numberOfChannels; c++) {
      const samples = audio.getChannelData(c);
      for (let i = 0; i < pcm.length; i++) {
        const x = samples[at + i] / audio.numberOfChannels;
        power += x * x / pcm.length;
        pcm[i] = Math.max(-32768, Math.min(32767, pcm[i] + Math.round(x * 32768)));
      }
    }
    level(power);
    send(opened, pcm.buffer);
    while (opened.socket.bufferedAmount > 1 << 16) {
      await new Promise(done => setTimeout(done, 20));
    }
  }
  if (opened) {
    finish();
    await opened.closed;
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
