using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fanout.Diagnostics.Stacks;

namespace Fanout.Diagnostics;

/// <summary>
/// A profile as a page: a flame graph and a table, in one file of HTML that asks nothing of any network and runs no script but its own
/// (its Content-Security-Policy says so, by hash).
/// </summary>
public static class FlameGraphPage
{
    /// <summary>A frame with less than this part of the whole is left out: nobody could see it. 1/5,000.</summary>
    public const double LeastPart = 1.0 / 5_000;

    /// <summary>Methods that the table shows. 50.</summary>
    public const int MethodsShown = 50;

    // Escapes what ends or begins an element, wherever it stands in a script.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>The page.</summary>
    /// <param name="profile">What it shows.</param>
    /// <param name="title">What was recorded, such as a run and a time; any text.</param>
    public static string Create(Profile profile, string title)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(title);
        var (style, script) = (Resource("flame.css"), Resource("flame.js"));
        return Fill(Resource("page.html"), new Dictionary<string, string>
        {
            ["style-hash"] = HashOf(style),
            ["script-hash"] = HashOf(script),
            ["style"] = style,
            ["script"] = script,
            ["title"] = WebUtility.HtmlEncode(title),
            ["about"] = WebUtility.HtmlEncode(About(profile)),
            ["rows"] = Rows(profile),
            ["graph"] = Graph(profile),
        });
    }

    /// <summary>What the page says of the profile: what was counted, for how long, what was lost.</summary>
    public static string About(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var counted = profile.Kind switch
        {
            ProfileKind.Cpu => "Managed code that ran",
            ProfileKind.Alloc => "Memory that was allocated",
            _ => "Time that threads waited for locks",
        };
        var lost = profile.EventsLost == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {profile.EventsLost:N0} events were lost: figures are too low.");
        return string.Create(CultureInfo.InvariantCulture,
            $"{counted}: {profile.Kind.Format(profile.Tree.Root.Total)} in {profile.Duration.TotalSeconds:0.0} s, from {profile.Events:N0} events.{lost}");
    }

    private static string Rows(Profile profile)
    {
        var rows = new StringBuilder();
        var whole = Math.Max(1, profile.Tree.Root.Total);
        foreach (var method in profile.Tree.Methods().Take(MethodsShown))
        {
            rows.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"number\">{100.0 * method.Self / whole:0.0}%</td><td class=\"number\">{100.0 * method.Total / whole:0.0}%</td>")
                .Append("<td><button type=\"button\" class=\"method\">").Append(WebUtility.HtmlEncode(method.Name)).Append("</button></td></tr>\n");
        }

        return rows.ToString();
    }

    // Nodes in the order of a walk, each as name, depth, total, self: {"unit":"samples","names":["all",…],"nodes":[0,0,100,2,…]}.
    private static string Graph(Profile profile)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var nodes = new List<long>();
        var least = profile.Tree.Root.Total * LeastPart;
        var open = new Stack<(FlameNode Node, int Depth)>([(profile.Tree.Root, 0)]);
        while (open.TryPop(out var at))
        {
            if (!names.TryGetValue(at.Node.Name, out var name))
                names.Add(at.Node.Name, name = names.Count);
            nodes.AddRange([name, at.Depth, at.Node.Total, at.Node.Self]);
            foreach (var child in at.Node.Children.Where(child => child.Total > 0 && child.Total >= least).Reverse())
                open.Push((child, at.Depth + 1));
        }

        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Json))
        {
            json.WriteStartObject();
            json.WriteString("unit", profile.Kind.Unit());
            json.WriteStartArray("names");
            foreach (var name in names.Keys)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartArray("nodes");
            foreach (var figure in nodes)
                json.WriteNumberValue(figure);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    // In one pass: what is filled in may look like a place itself.
    private static string Fill(string page, Dictionary<string, string> values)
    {
        var text = new StringBuilder();
        var parts = page.Split("{{");
        text.Append(parts[0]);
        foreach (var part in parts.Skip(1))
        {
            var end = part.IndexOf("}}", StringComparison.Ordinal);
            text.Append(values[part[..end]]).Append(part, end + 2, part.Length - end - 2);
        }

        return text.ToString();
    }

    private static string HashOf(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using var stream = typeof(FlameGraphPage).Assembly.GetManifestResourceStream($"page/{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
