'use strict';
(() => {
  const MOST_LINES = 300;
  const MOST_REQUESTS = 100;
  const PLOT_MILLIS = 10 * 60 * 1000;
  const SAMPLE_MILLIS = 5000;
  const HIDDEN_MILLIS = 60 * 1000;
  const SILENCE_MILLIS = 10000;
  const SVG = 'http://www.w3.org/2000/svg';

  const $ = id => document.getElementById(id);

  // Every text goes in as text: names come from strangers.
  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  };
  const show = (node, text) => {
    if (node.textContent !== text) node.textContent = text;
  };

  const count = new Intl.NumberFormat('en');
  const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false});
  const day = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short'});
  const bytes = n => {
    if (n < 0) return '–';
    if (n < 1000) return n + ' B';
    let unit = -1;
    do { n /= 1000; unit++; } while (n >= 999.5 && unit < 4);
    return (n < 10 ? n.toFixed(1) : Math.round(n)) + ' ' + 'kMGTP'[unit] + 'B';
  };
  const rate = n => bytes(Math.round(n)) + '/s';
  const span = seconds => {
    if (seconds < 60) return Math.floor(seconds) + ' s';
    if (seconds < 3600) return Math.floor(seconds / 60) + ' min';
    if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
    return Math.floor(seconds / 86400) + ' d ' + Math.floor(seconds % 86400 / 3600) + ' h';
  };

  // Keeps a table's rows in step with a list: a row is made once, and its cells change only when their texts do.
  const table = (body, key, make, update) => {
    const rows = new Map();
    return items => {
      const wanted = new Set();
      let place = body.firstElementChild;
      for (const item of items) {
        const id = key(item);
        wanted.add(id);
        let row = rows.get(id);
        if (!row) {
          row = make(item);
          rows.set(id, row);
        }
        update(row, item);
        if (row === place) place = place.nextElementSibling;
        else body.insertBefore(row, place);
      }
      for (const [id, row] of rows) {
        if (!wanted.has(id)) {
          row.remove();
          rows.delete(id);
        }
      }
    };
  };
  // A host name breaks at its dots, if it has to.
  const host = (name, text) => {
    const made = element('span', name);
    text.split(/(?<=[.:\]])/).forEach((part, index) => {
      if (index) made.append(document.createElement('wbr'));
      made.append(part);
    });
    return made;
  };
  const row = cells => {
    const made = element('tr');
    made.append(...cells);
    return made;
  };
  const cell = (name, ...lines) => {
    const made = element('td', name);
    for (const line of lines) made.append(line);
    return made;
  };

  // State

  const STATES = {
    'running': 'Running', 'starting': 'Starting', 'needs-login': 'Needs login', 'needs-approval': 'Needs approval',
    'stopped': 'Stopped', 'failed': 'Failed',
  };
  let name = '';
  let peersOnline = '';
  let open = 0;
  const summarize = () => show($('summary'), $('state').dataset.kind !== 'running' || !name ? '' : 'as ' + name
    + (peersOnline ? ', ' + peersOnline : '') + ', ' + count.format(open) + (open === 1 ? ' connection' : ' connections'));
  const showState = (state, reason) => {
    const word = STATES[state] || state;
    $('state').dataset.kind = state;
    show($('state-word'), word);
    summarize();
    document.title = (name ? name + ' · ' : '') + word.toLowerCase() + ' · tailnet-agent';
    if ($('reason').textContent !== reason) {
      $('reason').replaceChildren(...linked(reason));
    }
  };
  // An address to log in at is to be opened, by a person who has read it.
  const linked = text => text.split(/(https?:\/\/[^\s"'<>]+[^\s"'<>.,;:)])/).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const link = element('a', '', part);
    link.href = part;
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
    return link;
  });

  // Node

  const facts = (list, entries) => {
    list.replaceChildren(...entries.filter(([, values]) => values.length).flatMap(([term, values, kind]) => {
      const described = element('dd', kind || '');
      described.append(...values.map(value => element('span', '', value)));
      return [element('dt', '', term), described];
    }));
  };
  const expiry = instant => {
    if (!instant) return ['never'];
    const left = (Date.parse(instant) - Date.now()) / 1000;
    return [(left > 0 ? 'in ' + span(left) : 'expired ' + span(-left) + ' ago') + ', ' + day.format(new Date(instant))];
  };
  const isSoon = instant => Boolean(instant) && Date.parse(instant) - Date.now() < 7 * 86400 * 1000;
  const showNode = status => {
    name = status.name || status.hostname;
    summarize();
    show($('name'), name);
    facts($('facts'), [
      ['Name', [status.dnsName || status.hostname], 'mono'],
      ['Addresses', status.addresses, 'mono'],
      ['Tags', status.tags.length ? [status.tags.join(', ')] : []],
      ['Key expires', status.addresses.length ? expiry(status.keyExpiry) : [], isSoon(status.keyExpiry) ? 'soon' : ''],
      ['Control', [status.controlServer]],
      ['DERP home', status.derpHome ? [status.derpHome] : []],
      ['Listens', status.listeners.map(l => l.kind + ' ' + l.address + (l.target ? ' → ' + l.target : ''))],
      ['Exposes', status.exposed.map(e => e.port + ' → ' + e.target + (e.from.length ? ' for ' + e.from.join(', ') : ''))],
      ['Up for', [span(status.uptimeSeconds)]],
    ]);
    $('warnings').replaceChildren(...status.warnings.map(warning => element('li', '', warning)));
    show($('versions'), 'agent ' + status.version.agent + (status.version.tailscale ? ', ' + status.version.tailscale : '')
      + ', Java ' + status.version.java);
  };

  // Peers

  const showPeerRows = table($('peers-rows'), peer => peer.dnsName || peer.addresses[0] || peer.name,
    () => {
      const title = element('span', 'mono');
      const under = element('span', 'sub narrow mono');
      const made = row([cell('', title, under), cell('wide mono'), cell(), cell('number'), cell('number wide'),
        cell('number wide'), cell('number wide')]);
      made.parts = {title, under};
      return made;
    },
    (made, peer) => {
      made.className = peer.online ? '' : 'off';
      show(made.parts.title, peer.name || peer.dnsName);
      show(made.parts.under, peer.addresses[0] || '');
      const texts = [null, peer.addresses[0] || '', peer.online || peer.path !== 'idle' ? peer.path : 'offline',
        peer.latencyMillis ? peer.latencyMillis.toFixed(peer.latencyMillis < 10 ? 1 : 0) + ' ms' : '–',
        bytes(peer.rxBytes), bytes(peer.txBytes),
        peer.online ? 'online' : peer.lastSeen ? span((Date.now() - Date.parse(peer.lastSeen)) / 1000) + ' ago' : '–'];
      texts.forEach((text, index) => { if (text !== null) show(made.cells[index], text); });
    });
  const showPeers = status => {
    const {all, online} = status.peerCounts;
    show($('peers-count'), all ? count.format(online) + ' of ' + count.format(all) + ' online' : '');
    peersOnline = all ? count.format(online) + ' of ' + count.format(all) + ' peers online' : '';
    show($('peers-note'), status.peers.length < all
      ? count.format(status.peers.length) + ' of ' + count.format(all) + ' shown: those in use, then those online.' : '');
    $('peers-empty').hidden = all > 0;
    showPeerRows(status.peers);
  };

  // Connections

  let before = {time: 0, moved: new Map()};
  const showConnectionRows = table($('connections-rows'), connection => connection.id,
    connection => {
      const target = host('mono', connection.target);
      const from = connection.client + (connection.role ? ', ' + connection.role : '');
      const made = row([
        cell('', target, element('span', 'sub mono', connection.address),
          element('span', 'sub narrow', connection.protocol + ' from ' + from + ', ' + connection.route)),
        cell('wide', element('span', 'mono', connection.client),
          element('span', 'sub', connection.protocol + (connection.role ? ', ' + connection.role : ''))),
        cell('wide', connection.route), cell('number wide'),
        cell('number', element('span', 'wide'), element('span', 'narrow'), element('span', 'narrow')),
        cell('number wide'), cell('number'),
      ]);
      return made;
    },
    (made, connection) => {
      show(made.cells[3], bytes(connection.up));
      const [down, narrowDown, narrowUp] = made.cells[4].children;
      show(down, bytes(connection.down));
      show(narrowDown, '↓ ' + bytes(connection.down));
      show(narrowUp, '↑ ' + bytes(connection.up));
      show(made.cells[5], connection.now > 0 ? rate(connection.now) : '–');
      show(made.cells[6], span(connection.ageSeconds));
    });
  const showConnections = tick => {
    const moved = new Map();
    const seconds = (tick.time - before.time) / 1000;
    for (const connection of tick.connections) {
      const total = connection.up + connection.down;
      moved.set(connection.id, total);
      const earlier = before.moved.get(connection.id);
      connection.now = earlier !== undefined && seconds > 0 ? (total - earlier) / seconds : 0;
    }
    before = {time: tick.time, moved};
    open = tick.open;
    show($('connections-count'), tick.open ? count.format(tick.open) : '');
    show($('connections-note'), tick.connections.length < tick.open
      ? count.format(tick.connections.length) + ' of ' + count.format(tick.open) + ' shown: those that moved the most bytes.' : '');
    $('connections-empty').hidden = tick.open > 0;
    showConnectionRows(tick.connections);
  };

  // Throughput: what was carried since the start, sampled; the last sample moves until its time is full.

  let samples = [];
  let latest = [];
  const showThroughput = tick => {
    const now = [tick.time, tick.up, tick.down];
    latest.push(now);
    while (latest.length > 4) latest.shift();
    const first = latest[0];
    const seconds = (now[0] - first[0]) / 1000;
    show($('rate-up'), seconds > 0 ? rate((now[1] - first[1]) / seconds) : '–');
    show($('rate-down'), seconds > 0 ? rate((now[2] - first[2]) / seconds) : '–');
    show($('total-up'), bytes(tick.up) + ' in all');
    show($('total-down'), bytes(tick.down) + ' in all');
    const kept = samples[samples.length - 2];
    if (kept && now[0] - kept[0] < SAMPLE_MILLIS) samples[samples.length - 1] = now;
    else samples.push(now);
    while (samples.length && now[0] - samples[0][0] > PLOT_MILLIS + SAMPLE_MILLIS) samples.shift();
    draw();
  };
  const shape = (tag, attributes, text) => {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text) made.textContent = text;
    return made;
  };
  const ceiling = most => {
    let step = 1000;
    for (;;) {
      for (const factor of [1, 2, 5]) {
        if (most <= step * factor) return step * factor;
      }
      step *= 10;
    }
  };
  const draw = () => {
    const plot = $('plot');
    const width = plot.clientWidth;
    const height = plot.clientHeight;
    if (!width) return;
    const left = 64;
    const bottom = height - 18;
    const end = samples.length ? samples[samples.length - 1][0] : Date.now();
    const x = time => left + (width - left - 2) * (1 - (end - time) / PLOT_MILLIS);
    const rates = [];
    for (let i = 1; i < samples.length; i++) {
      const seconds = (samples[i][0] - samples[i - 1][0]) / 1000;
      if (seconds > 0 && end - samples[i][0] <= PLOT_MILLIS) {
        const of = index => Math.max(0, (samples[i][index] - samples[i - 1][index]) / seconds);
        rates.push([x(samples[i][0]), of(1), of(2)]);
      }
    }
    const most = ceiling(Math.max(0, ...rates.map(r => Math.max(r[1], r[2]))));
    const y = value => bottom - (bottom - 8) * value / most;
    const parts = [];
    for (const part of [0, 0.5, 1]) {
      const at = Math.round(y(most * part)) + 0.5;
      parts.push(shape('line', {class: 'grid', x1: left, x2: width, y1: at, y2: at}));
      parts.push(shape('text', {x: left - 8, y: at + 4, 'text-anchor': 'end'}, part ? rate(most * part) : '0'));
    }
    for (const minutes of [10, 5, 0]) {
      parts.push(shape('text', {x: x(end - minutes * 60000), y: height - 3,
        'text-anchor': minutes === 10 ? 'start' : minutes ? 'middle' : 'end'}, minutes ? '−' + minutes + ' min' : 'now'));
    }
    if (rates.length > 1) {
      const line = index => rates.map(r => r[0].toFixed(1) + ',' + y(r[index]).toFixed(1)).join(' ');
      const area = rates[0][0].toFixed(1) + ',' + bottom + ' ' + line(2) + ' ' + rates[rates.length - 1][0].toFixed(1) + ',' + bottom;
      parts.push(shape('polygon', {class: 'area', points: area}));
      parts.push(shape('polyline', {class: 'down', points: line(2)}));
      parts.push(shape('polyline', {class: 'up', points: line(1)}));
    }
    plot.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    plot.replaceChildren(...parts);
  };
  new ResizeObserver(draw).observe($('plot'));

  // Requests that came to nothing

  let serial = 0;
  const requests = (part, kind) => {
    let list = [];
    const rows = table($(kind + '-rows'), request => request.serial,
      request => {
        const from = request.client + (request.role ? ', ' + request.role : '');
        const why = (request.rule ? request.rule + ': ' : '') + request.message;
        return row([
          cell('', host('mono', request.target), element('span', 'sub', why),
            element('span', 'sub narrow', request.protocol + ' from ' + from)),
          cell('wide', element('span', 'mono', request.client),
            element('span', 'sub', request.protocol + (request.role ? ', ' + request.role : ''))),
          cell('number', clock.format(request.time)),
        ]);
      },
      () => {});
    return news => {
      if (news.all) list = [];
      for (const request of news[part]) {
        request.serial = ++serial;
        list.unshift(request);
      }
      list.length = Math.min(list.length, MOST_REQUESTS);
      show($(kind + '-count'), list.length === MOST_REQUESTS ? 'the last ' + MOST_REQUESTS : list.length ? String(list.length) : '');
      $(kind + '-empty').hidden = list.length > 0;
      rows(list);
    };
  };
  const showBlocked = requests('blocked', 'blocked');
  const showFailed = requests('failed', 'failed');
  const showHosts = hosts => $('hosts').replaceChildren(...hosts.map(({host, times}) => {
    const item = element('li', '', host + ' ');
    item.append(element('b', '', '×' + count.format(times)));
    return item;
  }));

  // Log: follows its end while that is in sight.

  const showLog = news => {
    const scroll = $('log-scroll');
    const lines = $('lines');
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 24;
    if (news.all) lines.replaceChildren();
    for (const {time, level, message} of news.lines) {
      const line = element('li');
      line.append(element('time', '', clock.format(time)), element('span', level, level), element('span', '', message));
      lines.append(line);
    }
    while (lines.childElementCount > MOST_LINES) lines.firstElementChild.remove();
    $('log-empty').hidden = lines.childElementCount > 0;
    if (isAtEnd || news.all) scroll.scrollTop = scroll.scrollHeight;
  };

  // The stream

  let source = null;
  let isPaused = false;
  let patience = 2000;
  let again = 0;
  let asked = 0;
  let lastNews = null;
  const stream = (is, text) => {
    $('stream').dataset.is = is;
    show($('stream'), text);
  };
  const on = (event, use) => source.addEventListener(event, message => {
    lastNews = new Date();
    use(JSON.parse(message.data));
  });
  const close = () => {
    clearTimeout(again);
    if (source) source.close();
    source = null;
  };
  const lose = () => stream('lost', lastNews ? 'no news since ' + clock.format(lastNews) : 'no answer');
  const connectLater = () => {
    close();
    again = setTimeout(connect, patience);
    patience = Math.min(patience * 2, 60000);
  };
  // An agent that stands still, or a way to it that has gone, closes nothing; but there is a tick every second.
  setInterval(() => {
    if (source && Date.now() - Math.max(asked, lastNews) > SILENCE_MILLIS) {
      lose();
      connectLater();
    }
  }, 1000);
  const connect = () => {
    close();
    asked = Date.now();
    source = new EventSource('events');
    on('history', history => {
      samples = history.samples;
      latest = [];
      before = {time: 0, moved: new Map()};
    });
    on('tick', tick => {
      patience = 2000;
      stream('live', 'live');
      showConnections(tick);
      showState(tick.state, tick.reason);
      showThroughput(tick);
    });
    on('status', status => {
      showPeers(status);
      showNode(status);
    });
    on('requests', news => {
      showBlocked(news);
      showFailed(news);
      showHosts(news.hosts);
    });
    on('log', showLog);
    source.onerror = () => {
      lose();
      // The browser does not try again by itself after an answer that is no stream, as when too many pages are open.
      if (source && source.readyState === EventSource.CLOSED) connectLater();
    };
  };
  $('pause').addEventListener('click', () => {
    isPaused = !isPaused;
    $('pause').setAttribute('aria-pressed', String(isPaused));
    if (isPaused) {
      close();
      stream('paused', 'paused at ' + clock.format(new Date()));
    } else {
      stream('', 'connecting');
      connect();
    }
  });
  // A page that nobody sees gives its place to another.
  let hidden = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(close, HIDDEN_MILLIS);
    else if (!source && !isPaused) connect();
  });
  connect();
})();
