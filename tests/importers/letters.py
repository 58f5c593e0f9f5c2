"""Complete published letters as MJML, Mailchimp and Substack write them; all text is our own."""

from __future__ import annotations

_ICON = (
    '<table align="center" role="presentation"><tbody><tr><td><a href="https://{name}.com/quay">'
    '<img height="20" src="https://icons.example/{name}.png" width="20"/></a></td></tr></tbody></table>'
)
MJML = (
    """<!doctype html><html lang="de"><head><title>Hafenbrief #16</title></head><body>
<div style="display:none;font-size:1px;">Warum der ruhigste Kai der vollste ist.</div>
<div><!--[if mso | IE]><table align="center"><tr><td><![endif]--><table role="presentation"><tbody><tr><td>
<img alt="Hafenbrief" src="https://quay.example/masthead.png" width="550"/></td></tr>
<tr><td><div style="font-size:13px;">Nr. 16 · 1. März 2026</div></td></tr></tbody></table></div>
<div><table role="presentation"><tbody><tr><td><div><h1>Der ruhige Kai</h1></div></td></tr><tr><td><div>
<p>Um sechs Uhr morgens bewegt sich am Kai neun nichts. Der Kran steht mit erhobenem Arm.</p></div></td></tr>
<tr><td><img alt="Ein Kran im Nebel" src="https://quay.example/crane.png" width="550"/></td></tr></tbody></table></div>
<div>"""
    + "".join(_ICON.format(name=name) for name in ("facebook", "linkedin", "instagram"))
    + """</div>
<div><table role="presentation"><tbody><tr><td><div style="font-size:11px">Sie erhalten diese E-Mail, weil Sie
sich angemeldet haben. Hafenbrief, Kai 9, Hamburg. <a href="https://quay.example/u">Abmelden</a></div></td></tr>
</tbody></table></div></body></html>"""
)
MAILCHIMP = """<!DOCTYPE html><html><head><title>The Quiet Berth</title></head><body>
<!--*|IF:MC_PREVIEW_TEXT|*--><span style="display:none; max-height:0px;">Why the quietest berth is the busiest.</span>
<!--*|END:IF|*--><center><table id="bodyTable"><tr><td id="templatePreheader"><table><tbody><tr><td>
<a href="https://us1.campaign-archive.com/?e=x">View this email in your browser</a></td></tr></tbody></table></td></tr>
<tr><td id="templateHeader"><table><tbody><tr><td><img alt="" src="https://quay.example/logo.png" width="564"></td></tr>
</tbody></table></td></tr><tr><td id="templateBody"><table><tbody><tr><td><h1>The Quiet Berth</h1>
<p>At six in the morning nothing moves at berth nine.</p></td></tr></tbody></table></td></tr>
<tr><td id="templateFooter"><table><tbody><tr>
<td><a href="https://facebook.com"><img src="https://icons.example/f.png" alt="Facebook" width="24"></a></td>
<td><a href="https://quay.example"><img src="https://icons.example/l.png" alt="Website" width="24"></a></td></tr></tbody>
</table><table><tbody><tr><td><em>Copyright © 2026 The Harbour Desk, All rights reserved.</em><br><br>
You can <a href="https://quay.us1.list-manage.com/profile">update your preferences</a> or
<a href="https://quay.us1.list-manage.com/unsubscribe">unsubscribe from this list</a>.</td></tr></tbody></table>
</td></tr></table></center></body></html>"""
SUBSTACK = """<html lang="en"><head><title></title></head><body class="email-body">
<img src="https://eotrx.substackcdn.com/open?token=x" alt="" width="1" height="1"><div class="preview"
 style="display:none;">Why the quietest berth is the busiest. &#847; &#847;</div><table role="presentation"><tr><td>
<table role="presentation"><tr><td><p>Forwarded this email? <a href="https://q.substack.com/subscribe">Subscribe here</a>
 for more</p></td></tr></table><div class="post"><h1 class="post-title"><a href="https://q.substack.com/p/quiet">The Quiet
 Berth</a></h1><table role="presentation"><tr>
<td><a href="https://substack.com/like"><img src="https://substackcdn.com/heart" width="18" alt="Like"></a></td>
<td><a href="https://open.substack.com/pub/q"><span>READ IN APP</span></a></td></tr></table>
<div class="body markup"><p>At six in the morning nothing moves at berth nine.</p></div></div>
<div class="footer"><p>© 2026 The Harbour Desk<br>
<a href="https://q.substack.com/action/disable_email?token=x"><span>Unsubscribe</span></a></p></div></td></tr></table>
</body></html>"""
