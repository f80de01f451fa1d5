<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: EUPL-1.2 -->
<!-- A request of the recovery desk as a page to read and to print. The document is <preview>, with the SED as it would be
     sent under <sed>, labels of its codes under <labels>, the files that go with it under <attachments>, and words.xml under <words>. -->
<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:variable name="lang" select="/preview/@lang"/>
  <xsl:variable name="labels" select="/preview/labels/label"/>
  <xsl:variable name="names" select="/preview/words/name"/>

  <xsl:template match="/preview">
    <html lang="{$lang}">
      <head>
        <meta charset="utf-8"/>
        <title><xsl:apply-templates select="sed/*" mode="name"/></title>
        <style>
          body { font: 11pt/1.4 "DejaVu Sans", sans-serif; margin: 2em auto; max-width: 48em; color: #111; }
          h1 { font-size: 1.5em; } h2 { font-size: 1.15em; border-bottom: 1px solid #888; margin: 1.2em 0 .3em; }
          h3 { font-size: 1em; margin: .5em 0 .1em; }
          table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .15em .6em .15em 0; vertical-align: top; }
          th { font-weight: normal; color: #444; width: 45%; } td.amount, th.amount { text-align: right; width: auto; font-variant-numeric: tabular-nums; }
          tr.total td, tr.total th { border-top: 1px solid #888; font-weight: bold; } code { font-size: .8em; word-break: break-all; }
          .note { color: #444; } tr, table.amounts { break-inside: avoid; } @media print { body { margin: 0; max-width: none; } h2, h3 { break-after: avoid; } }
          @page { size: A4; margin: 18mm 20mm 22mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt "DejaVu Sans", sans-serif; color: #444; } }
        </style>
      </head>
      <body>
        <h1><xsl:apply-templates select="sed/*" mode="name"/></h1>
        <p>
          <xsl:call-template name="word"><xsl:with-param name="of">request</xsl:with-param></xsl:call-template>
          <xsl:text> </xsl:text><xsl:value-of select="@request"/><xsl:text>. </xsl:text>
          <xsl:call-template name="word"><xsl:with-param name="of">from</xsl:with-param></xsl:call-template>
          <xsl:text> </xsl:text><b><xsl:value-of select="@from"/></b><xsl:text>, </xsl:text>
          <xsl:call-template name="word"><xsl:with-param name="of">to</xsl:with-param></xsl:call-template>
          <xsl:text> </xsl:text><b><xsl:value-of select="@to"/></b><xsl:text>, </xsl:text><xsl:value-of select="@day"/>
        </p>
        <p class="note">
          <xsl:call-template name="word"><xsl:with-param name="of">draft</xsl:with-param></xsl:call-template>
          <xsl:if test="@provisional = 'true'">
            <xsl:text> </xsl:text>
            <xsl:call-template name="word"><xsl:with-param name="of">provisional</xsl:with-param></xsl:call-template>
          </xsl:if>
        </p>
        <xsl:apply-templates select="sed/*/*" mode="section"/>
        <xsl:apply-templates select="attachments[attachment]"/>
      </body>
    </html>
  </xsl:template>

  <!-- The parts of the SED -->
  <xsl:template match="*" mode="section">
    <h2><xsl:apply-templates select="." mode="name"/></h2>
    <table><xsl:apply-templates select="*" mode="row"/></table>
  </xsl:template>

  <xsl:template match="TheClaim" mode="section">
    <xsl:for-each select="ClaimDetails">
      <h2>
        <xsl:call-template name="word"><xsl:with-param name="of">claim</xsl:with-param></xsl:call-template>
        <xsl:text> </xsl:text><xsl:value-of select="position()"/>
      </h2>
      <xsl:variable name="own" select="ClaimInformation/AmountInCurrencySendingInstitution"/>
      <xsl:variable name="theirs" select="ClaimInformation/AmountInTheCurrencyOfTheReceivingInstitution"/>
      <table class="amounts">
        <tr>
          <th><xsl:call-template name="word"><xsl:with-param name="of">component</xsl:with-param></xsl:call-template></th>
          <th class="amount"><xsl:value-of select="ClaimInformation/Currency/currencySendingInstitution/value"/></th>
          <th class="amount"><xsl:value-of select="ClaimInformation/Currency/currencyReceivingInstitution/value"/></th>
        </tr>
        <xsl:for-each select="$own/*">
          <tr>
            <xsl:if test="self::totalAmount"><xsl:attribute name="class">total</xsl:attribute></xsl:if>
            <th><xsl:apply-templates select="." mode="name"/></th>
            <td class="amount"><xsl:value-of select="."/></td>
            <td class="amount"><xsl:value-of select="$theirs/*[name() = name(current())]"/></td>
          </tr>
        </xsl:for-each>
      </table>
      <table>
        <xsl:apply-templates select="ClaimInformation/Period" mode="row"/>
        <xsl:apply-templates select="IdentificationClaim" mode="row"/>
      </table>
    </xsl:for-each>
  </xsl:template>

  <!-- A heading for a group that has a name of its own, a line for each value. -->
  <xsl:template match="*" mode="row">
    <xsl:choose>
      <xsl:when test="value">
        <tr><th><xsl:apply-templates select="." mode="name"/></th><td><xsl:apply-templates select="value" mode="label"/></td></tr>
      </xsl:when>
      <xsl:when test="*">
        <!-- These two have a name for where they are a part of their own. -->
        <xsl:if test="$names[@of = name(current())] and name() != name(..) and not(self::Persons or self::BankDetails)">
          <tr><td colspan="2"><h3><xsl:apply-templates select="." mode="name"/></h3></td></tr>
        </xsl:if>
        <xsl:apply-templates select="*" mode="row"/>
      </xsl:when>
      <xsl:otherwise>
        <tr><th><xsl:apply-templates select="." mode="name"/></th><td><xsl:value-of select="."/></td></tr>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="value" mode="label">
    <xsl:variable name="label" select="$labels[@of = name(current()/..)][@code = current()]"/>
    <xsl:if test="position() > 1"><br/></xsl:if>
    <xsl:value-of select="."/>
    <xsl:if test="$label"><xsl:text> - </xsl:text><xsl:value-of select="$label"/></xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="name">
    <xsl:variable name="name" select="$names[@of = name(current())]"/>
    <xsl:choose>
      <xsl:when test="$name and $lang = 'et'"><xsl:value-of select="$name/@et"/></xsl:when>
      <xsl:when test="$name"><xsl:value-of select="$name/@en"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="name()"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="attachments">
    <h2><xsl:call-template name="word"><xsl:with-param name="of">attachments</xsl:with-param></xsl:call-template></h2>
    <table>
      <tr>
        <th><xsl:call-template name="word"><xsl:with-param name="of">file</xsl:with-param></xsl:call-template></th>
        <th><xsl:call-template name="word"><xsl:with-param name="of">copy</xsl:with-param></xsl:call-template></th>
        <th class="amount"><xsl:call-template name="word"><xsl:with-param name="of">bytes</xsl:with-param></xsl:call-template></th>
      </tr>
      <xsl:for-each select="attachment">
        <tr>
          <td><xsl:value-of select="@name"/><br/><code>SHA-256 <xsl:value-of select="@sha256"/></code></td>
          <td><xsl:if test="@copy"><xsl:call-template name="word"><xsl:with-param name="of" select="@copy"/></xsl:call-template></xsl:if></td>
          <td class="amount"><xsl:value-of select="@bytes"/></td>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template name="word">
    <xsl:param name="of"/>
    <xsl:variable name="word" select="/preview/words/word[@of = $of]"/>
    <xsl:choose>
      <xsl:when test="$lang = 'et'"><xsl:value-of select="$word/@et"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$word/@en"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
