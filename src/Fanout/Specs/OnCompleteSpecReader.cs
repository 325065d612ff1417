using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Handlers.Http;

namespace Fanout.Specs;

/// <summary>Reads <c>onComplete</c>.</summary>
internal static partial class OnCompleteSpecReader
{
    public static readonly string[] Fields = ["webhook", "queue"];
    public static readonly string[] WebhookFields = ["url", "secretFrom"];

    internal const string UrlPattern = @"^[hH][tT][tT][pP][sS]?://[^\s/?#@\\]+(?:[/?#]\S*)?$";
    internal const string VariablePattern = "^[A-Za-z_][A-Za-z0-9_]{0,99}$";
    internal const string QueuePattern = "^[a-z0-9]+(?:-[a-z0-9]+)*$";

    private const string ExampleUrl = "https://example.com/hooks/fanout";
    private const string ExampleWebhook = $"{{ \"url\": \"{ExampleUrl}\" }}";

    private static readonly HostPolicy Hosts = new(allowed: null);

    public static OnCompleteSpec? Read(SpecCursor cursor)
    {
        if (cursor.AsObject(Fields, $"{{ \"webhook\": {ExampleWebhook} }}") is not { } onComplete)
            return null;
        var webhook = onComplete.Find("webhook");
        var queue = onComplete.Find("queue");
        if (webhook is null && queue is null)
            cursor.Refuse("tells nobody: it has neither a webhook nor a queue.", $"Give \"webhook\", such as {ExampleWebhook}, or \"queue\", such as \"orders-done\", or both.");
        return new OnCompleteSpec { Webhook = webhook is { } given ? ReadWebhook(given) : null, Queue = queue is { } name ? ReadQueue(name) : null };
    }

    private static WebhookSpec? ReadWebhook(SpecCursor cursor)
    {
        if (cursor.AsObject(WebhookFields, ExampleWebhook) is not { } webhook)
            return null;
        var url = webhook.Require("url", $"\"{ExampleUrl}\"") is { } field ? ReadUrl(field) : null;
        var secretFrom = webhook.Find("secretFrom") is { } variable ? ReadVariable(variable) : null;
        return url is null ? null : new WebhookSpec(url, secretFrom);
    }

    private static string? ReadUrl(SpecCursor cursor)
    {
        if (cursor.Text(ExampleUrl) is not { } text)
            return null;
        if (!UrlForm().IsExactly(text) || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            cursor.RefuseForm("an absolute http or https URL without a user name", $"Write one such as \"{ExampleUrl}\".");
        else if (IsAlwaysRefused(url))
            cursor.Refuse("goes where requests are always refused: the host is link-local or hands out credentials.", "Give the URL of another host.");
        else
            return text;
        return null;
    }

    private static bool IsAlwaysRefused(Uri url)
    {
        try
        {
            Hosts.CheckHost(url);
            return false;
        }
        catch (HostRefusedItemException)
        {
            return true;
        }
    }

    private static string? ReadVariable(SpecCursor cursor)
    {
        if (TextOf(cursor) is { } name && VariableForm().IsExactly(name))
            return name;
        // Whoever takes it for the place of the secret must not find that in a message.
        cursor.Errors.Add(new SpecError(
            cursor.Pointer, null,
            "is not an environment variable's name; allowed are 1 to 100 letters, digits and '_' (A-Z, a-z, 0-9), the first no digit.",
            "Write the name of the variable that holds the secret, such as \"WEBHOOK_SECRET\", not the secret itself."));
        return null;
    }

    private static string? ReadQueue(SpecCursor cursor)
    {
        if (TextOf(cursor) is { Length: >= 3 and <= 63 } name && QueueForm().IsExactly(name))
            return name;
        cursor.RefuseForm(
            "a queue's name; allowed are 3 to 63 lower-case letters, digits, and single hyphens between them (a-z, 0-9)",
            "Write one such as \"orders-done\".");
        return null;
    }

    private static string? TextOf(SpecCursor cursor) => cursor.Value.ValueKind == JsonValueKind.String ? cursor.Value.GetString() : null;

    [GeneratedRegex(UrlPattern, RegexOptions.CultureInvariant)]
    private static partial Regex UrlForm();

    [GeneratedRegex(VariablePattern, RegexOptions.CultureInvariant)]
    private static partial Regex VariableForm();

    [GeneratedRegex(QueuePattern, RegexOptions.CultureInvariant)]
    private static partial Regex QueueForm();
}
