// Runs on the audio thread: gathers a tenth of a second of 16-bit samples and their level, then hands them over.
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.samples = new Int16Array(Math.round(sampleRate / 10));
    this.filled = 0;
    this.energy = 0;
  }

  process(inputs) {
    const channels = inputs[0];
    if (channels.length === 0) {
      return true;
    }
    for (let i = 0; i < channels[0].length; i++) {
      let x = 0;
      for (const channel of channels) {
        x += channel[i] / channels.length;
      }
      this.energy += x * x;
      this.samples[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(x * 32768)));
      if (this.filled === this.samples.length) {
        this.handOver();
      }
    }
    return true;
  }

  handOver() {
    const pcm = this.samples.buffer;
    this.port.postMessage({pcm, power: this.energy / this.filled}, [pcm]);
    this.samples = new Int16Array(Math.round(sampleRate / 10));
    this.filled = 0;
    this.energy = 0;
  }
}
registerProcessor('microphone', Microphone);
