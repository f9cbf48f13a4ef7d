// 预览用的脚本：页面变了就重新载入，停在原来的位置；内容有问题就列出来，改好就收起。只在 publisher serve 里出现，不在网站里。
(() => {
  const own = document.currentScript
  const zh = own.dataset.lang !== "en"
  const words = zh
    ? { error: "错误", warning: "提醒", errors: "处错误，网页还是上一次的样子", warnings: "处提醒", mend: "改法：", close: "收起", open: "看问题", failure: "没有生成", more: "还有", rest: "处，见终端", region: "预览：内容的问题" }
    : { error: "error", warning: "warning", errors: "error(s); the page is the last good one", warnings: "warning(s)", mend: "mend: ", close: "close", open: "show problems", failure: "Not built", more: "and", rest: "more in the terminal", region: "preview: problems of the content" }
  const key = `publisher-preview:${location.pathname}`
  const foldedKey = "publisher-preview-folded"
  const page = encodeURIComponent(location.pathname)

  // 停在原来的位置
  const kept = sessionStorage.getItem(key)
  if (kept !== null) {
    sessionStorage.removeItem(key)
    const top = Number(kept)
    const back = () => scrollTo({ top, behavior: "instant" })
    back()
    addEventListener("load", back, { once: true })
  }
  const reload = () => {
    sessionStorage.setItem(key, String(scrollY))
    location.reload()
  }

  // 问题面板，放在影子里，不受网页样式影响
  const host = document.createElement("div")
  host.id = "publisher-preview"
  const shadow = host.attachShadow({ mode: "open" })
  // 网页的安全策略不许写 <style>；做成样式表对象就可以
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    :host { all: initial; color-scheme: light dark; }
    section, button.fold { position: fixed; z-index: 2147483647; inset: auto 0 0 auto; margin: 16px; font: 15px/1.6 system-ui, sans-serif; }
    section { max-width: min(44rem, calc(100vw - 32px)); box-sizing: border-box; max-height: 60vh; overflow: auto; padding: 12px 16px; border-radius: 10px;
      color: #1d1b1a; background: #fffdfa; border: 2px solid #9b2f25; box-shadow: 0 8px 30px #0004; }
    section.mild { border-color: #a06a10; }
    h2 { margin: 0 5em 10px 0; font-size: 16px; color: #8d281f; } .mild h2 { color: #7d5108; }
    ol { margin: 0; padding: 0; list-style: none; } li { padding: 8px 0; border-top: 1px solid #ddd5cc; overflow-wrap: anywhere; }
    code, pre { font: 13px/1.5 ui-monospace, monospace; } pre { margin: 4px 0; white-space: pre-wrap; color: #57504a; } p { margin: 2px 0; white-space: pre-wrap; }
    b { margin-right: 8px; color: #8d281f; } b.warning { color: #7d5108; }
    button { font: inherit; min-height: 36px; padding: 2px 12px; border-radius: 8px; border: 1px solid currentColor; color: inherit; background: none; cursor: pointer; }
    section > button { position: absolute; top: 8px; right: 10px; }
    button.fold { color: #fff; background: #9b2f25; border-color: #9b2f25; } button.fold.mild { background: #7d5108; border-color: #7d5108; }
    :focus-visible { outline: 3px solid #1a6fb0; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      section { color: #eee8e2; background: #26221f; } h2, b { color: #ffb3a6; } .mild h2, b.warning { color: #f0c27a; }
      li { border-color: #4a433d; } pre { color: #c4bab0; } :focus-visible { outline-color: #7fc0f5; }
    }
    @media print { :host { display: none; } }`)
  shadow.adoptedStyleSheets = [sheet]
  const make = (tag, text, parent, name) => {
    const element = document.createElement(tag)
    if (text) element.textContent = text
    if (name) element.className = name
    if (parent) parent.append(element)
    return element
  }
  // 收起以后，换页、重新载入都不再打开，直到问题变了
  let shown = ""
  const show = (state) => {
    const told = JSON.stringify([state.failure, state.problems.map((problem) => [problem.code, problem.place.replace(/:\d+:\d+$/, ""), problem.message])])
    const folded = sessionStorage.getItem(foldedKey) === told
    const next = JSON.stringify([state.failure, state.problems, folded])
    if (next === shown) return
    shown = next
    shadow.replaceChildren()
    const errors = state.problems.filter((problem) => problem.severity === "error").length
    const mild = !errors && !state.failure
    if (!state.failure && !state.problems.length) { host.remove(); sessionStorage.removeItem(foldedKey); return }
    if (!host.isConnected) document.body.append(host)
    if (folded) {
      const button = make("button", `${words.open} (${state.problems.length || 1})`, shadow, `fold ${mild ? "mild" : ""}`)
      button.onclick = () => { sessionStorage.removeItem(foldedKey); show(state); shadow.querySelector("section > button").focus() }
      return
    }
    const panel = make("section", "", shadow, mild ? "mild" : "")
    panel.setAttribute("role", mild ? "status" : "alert")
    panel.setAttribute("aria-label", words.region)
    panel.lang = zh ? "zh-Hans-CN" : "en"
    const counts = [errors && `${errors} ${words.errors}`, state.problems.length - errors && `${state.problems.length - errors} ${words.warnings}`].filter(Boolean)
    make("h2", state.failure ? words.failure : counts.join(zh ? "，" : ", "), panel)
    const close = make("button", words.close, panel)
    close.type = "button"
    close.onclick = () => { sessionStorage.setItem(foldedKey, told); show(state); shadow.querySelector("button").focus() }
    panel.onkeydown = (event) => { if (event.key === "Escape") close.click() }
    if (state.failure) make("p", state.failure, panel)
    const list = make("ol", "", panel)
    for (const problem of state.problems.slice(0, 50)) {
      const item = make("li", "", list)
      make("b", words[problem.severity], item, problem.severity)
      make("code", `${problem.place} [${problem.code}]`, item)
      make("p", problem.message, item)
      if (problem.source.trim()) make("pre", problem.source, item)
      if (problem.mend) make("p", words.mend + problem.mend, item)
    }
    if (state.problems.length > 50) make("p", `${words.more} ${state.problems.length - 50} ${words.rest}`, panel)
  }

  // 看不见的网页不占连接：浏览器对一个地址只开六个；再看见时马上补上
  let styles = Number(own.dataset.styles)
  let source = null
  const hear = (event) => {
    const state = JSON.parse(event.data)
    if (state.reload) return reload()
    if (state.styles !== styles) {
      styles = state.styles
      for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
        const url = new URL(link.href)
        if (url.origin !== location.origin) continue
        url.searchParams.set("preview", styles)
        link.href = url
      }
    }
    show(state)
  }
  const listen = () => {
    if (document.hidden || source) return
    source = new EventSource(`/__publisher/events?page=${page}&stamp=${own.dataset.stamp}`)
    source.onmessage = hear
  }
  const leave = () => {
    if (source) source.close()
    source = null
  }
  listen()
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()))
  addEventListener("pagehide", leave)
  addEventListener("pageshow", listen)
})()
