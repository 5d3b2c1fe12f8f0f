using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Tiketi.Pipeline.Verification;

/// <summary>Shows the results to people and to CI servers.</summary>
public static class SmokeTestReport
{
    /// <summary>One line a check; a failure is followed by its remedy.</summary>
    public static string ToText(CheckResults result)
    {
        var text = new StringBuilder();
        var width = result.Checks.Select(check => check.Id.Length).DefaultIfEmpty(0).Max();
        foreach (var check in result.Checks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{check.Status.ToString().ToLowerInvariant(),-8} {check.Id.PadRight(width)}  {check.Evidence}");
            if (check.Remedy is not null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{"",-8} {"".PadRight(width)}  so it is not sure that {check.Meaning}");
                text.AppendLine(CultureInfo.InvariantCulture, $"{"",-8} {"".PadRight(width)}  -> {check.Remedy}");
            }
        }

        return text.AppendLine(CultureInfo.InvariantCulture,
            $"{result.Count(CheckStatus.Passed)} passed, {result.Count(CheckStatus.Failed)} failed, {result.Count(CheckStatus.Warning)} warnings, {result.Count(CheckStatus.Skipped)} skipped in {result.Duration.TotalSeconds:0.0} s").ToString();
    }

    /// <summary>JUnit XML as GitHub, GitLab and Jenkins read it. Warnings pass, with their evidence in the output.</summary>
    public static XDocument ToJUnit(CheckResults result) => new(new XElement(
        "testsuites",
        new XElement(
            "testsuite",
            new XAttribute("name", "SmokeTest"),
            new XAttribute("tests", result.Checks.Count),
            new XAttribute("failures", result.Count(CheckStatus.Failed)),
            new XAttribute("errors", 0),
            new XAttribute("skipped", result.Count(CheckStatus.Skipped)),
            new XAttribute("time", Seconds(result.Duration)),
            result.Checks.Select(Case))));

    private static XElement Case(CheckResult check) => new(
        "testcase",
        new XAttribute("classname", "SmokeTest"),
        new XAttribute("name", check.Id),
        new XAttribute("time", Seconds(check.Duration)),
        check.Status switch
        {
            CheckStatus.Failed => new XElement("failure", new XAttribute("message", Xml(check.Evidence)), Xml($"{check.Meaning}: not so.\n{check.Evidence}\nRemedy: {check.Remedy}")),
            CheckStatus.Skipped => new XElement("skipped", new XAttribute("message", Xml(check.Evidence))),
            CheckStatus.Warning => new XElement("system-out", Xml($"WARNING: {check.Evidence}\nRemedy: {check.Remedy}")),
            _ => new XElement("system-out", Xml(check.Evidence)),
        });

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // Evidence quotes what servers answered, and XML has no place for control characters.
    private static string Xml(string text) => new([.. text.Where(System.Xml.XmlConvert.IsXmlChar)]);
}
