// needs network
// What figures share that train a network before their reader's eyes, some steps in each frame.
"use strict";

(() => {
  const BUDGET = 2; // milliseconds of training in a frame
  const DRAWING = 3; // and of drawing: what takes longer is drawn in every other frame only, or more rarely

  /**
   * The state is what was chosen and how many steps were taken, so that the slider of the steps goes back in
   * time as well. A figure's own class has begin(), which returns a run: { history: [layers], learn() }, where
   * learn() takes a step and adds to the history. Its update() draws `this.run` at the step `this.taken`, or
   * the page's own drawing, which shows what nobody has touched, where there is no run.
   */
  book.Trainer = class extends book.Explorable {
    /**
     * Buttons and a slider for the steps. pace: how many of them a frame takes at most.
     * patient: whether a run is drawn only when it has got as far as the one before.
     */
    trainer({ most, step, pace, patient = false }) {
      Object.assign(this, { pace, patient, stale: true });
      this.player = this.button("Train", () => {
        if (!this.playing) return this.play();
        this.halt();
        this.changed();
      });
      this.player.className = "go";
      this.button("One step", () => {
        this.halt();
        this.clock.value = (this.ended ? 0 : this.state.step) + 1; // after the last comes the first
        this.changed();
      });
      this.clock = this.slider("step", "steps", { min: 0, max: most, step: 1, value: step, digits: 0 });
      this.clock.addEventListener("input", () => this.halt());
    }

    play() {
      if (this.ended || this.still) this.clock.value = 0;
      this.playing = true;
      this.player.textContent = "Pause";
      this.show();
    }

    halt() {
      this.playing = false;
      this.player.textContent = "Train";
    }

    /** The step at which training ends by itself. */
    get goal() { return Number(this.clock.max); }

    get ended() { return this.state.step >= this.goal; }

    /** Whether the page's own drawing shows the state: then there is nothing to compute. */
    get still() {
      const { usual } = this;
      return !this.playing && Object.entries(this.save()).every(([key, value]) => value === usual[key]);
    }

    /** The step that is drawn: fewer than asked for, while the others are still computed. */
    get taken() { return Math.min(this.state.step, this.run.history.length - 1); }

    load(values) {
      this.halt();
      super.load(values);
      this.stale = true;
    }

    /** Show shapes of the script while there is a run, and the page's own parts while there is none. */
    swap(shapes, ...names) {
      const live = Boolean(this.run);
      if (live === this.live) return;
      this.live = live;
      shapes.forEach((shape) => shape.classList.toggle("hidden", !live));
      names.flatMap((name) => this.parts(name)).forEach((part) => part.classList.toggle("hidden", live));
    }

    show() { this.asked ??= requestAnimationFrame(() => this.turn()); }

    /** A frame: learn for a while, then draw, unless the last drawing was just now. */
    turn() {
      this.asked = undefined;
      if (this.still) {
        this.run = this.next = undefined;
        this.ariaBusy = "false";
        this.waiting = false;
        return super.show();
      }
      if (this.playing && this.run) this.clock.value = Math.min(this.goal, this.taken + this.pace);
      const step = Number(this.clock.value), left = () => step + 1 - this.next.history.length;
      if (!this.next || this.stale && !(this.patient && left() > 0)) {
        this.next = this.begin();
        this.stale = false;
      }
      const start = performance.now();
      while (left() > 0 && performance.now() < start + BUDGET) this.next.learn();
      if (!this.patient || this.playing || left() <= 0) this.run = this.next;
      const busy = this.stale || left() > 0, waited = this.waiting;
      this.waiting = this.stale || this.run !== this.next; // what is drawn is older than what was asked for
      const early = this.rest-- > 0 && this.waiting === waited;
      this.ariaBusy = String(busy || early);
      if (!early) {
        const before = performance.now();
        super.show();
        if (waited && !this.waiting) this.spoken.textContent = this.readout.textContent;
        this.rest = Math.min(10, Math.floor((performance.now() - before) / DRAWING));
      }
      if (this.playing && this.taken >= this.goal) {
        this.halt();
        this.changed();
      } else if (this.playing || busy || early) this.show();
    }
  };
})();
