using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Http;

/// <summary>Makes the request for an item.</summary>
internal sealed class HttpRequestTemplate(HttpOptions options)
{
    private const string KeyHeader = "Idempotency-Key";

    // What another origin may see after a redirect; anything else may be a secret meant for the first.
    private static readonly string[] HeadersForAnyone = ["Accept", "Accept-Language", "Content-Type", "Content-Language", "User-Agent"];
    private readonly bool _setsKey = options.Headers.Any(header => string.Equals(header.Name, KeyHeader, StringComparison.OrdinalIgnoreCase));
    private readonly bool _setsContentType = options.Headers.Any(header => string.Equals(header.Name, "Content-Type", StringComparison.OrdinalIgnoreCase));

    /// <exception cref="PermanentItemException">The item makes no URL, or one that must not be requested.</exception>
    public Uri CreateUrl(ItemContext context)
    {
        var text = options.Url.RenderText(context, options.Url.IsPlaceholder ? null : Escape);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            throw new HttpItemException("BadUrl", $"\"{Cut(text)}\" is not an http or https URL; correct the item or the url option.");
        return url;
    }

    /// <exception cref="PermanentItemException">The item lacks a field, or makes a header that cannot be sent.</exception>
    public HttpRequestMessage Create(ItemContext context, Uri url, HttpMethod method, bool sameOrigin)
    {
        var request = new HttpRequestMessage(method, url);
        bool hasBody = options.Body is not null && (method == options.Method);
        if (hasBody)
            request.Content = CreateContent(context, options.Body!);
        foreach (var (name, value) in options.Headers)
        {
            if (sameOrigin || HeadersForAnyone.Contains(name, StringComparer.OrdinalIgnoreCase))
                Add(request, name, value.RenderText(context));
        }
        if (!_setsKey && sameOrigin)
            Add(request, KeyHeader, SafeKey(context.IdempotencyKey));
        return request;
    }

    private static string Escape(string value) =>
        // "/orders/{id}" with ".." for an id would be another resource: dots are not escaped by escaping.
        value is "." or ".."
            ? throw new HttpItemException("BadUrl", $"\"{value}\" cannot be a part of a URL; correct the item.")
            : Uri.EscapeDataString(value);

    private static string SafeKey(string key) => key.Any(char.IsControl) ? Uri.EscapeDataString(key) : key;

    private static void Add(HttpRequestMessage request, string name, string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new HttpItemException("BadHeader", $"The item makes a value of the header {name} that has a line break; correct the item.");
        if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
        {
            content.Headers.Remove(name);
            content.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static string Cut(string text) => text.Length <= 200 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 200)}…");

    private ReadOnlyMemoryContent CreateContent(ItemContext context, RequestBody body)
    {
        var bytes = new ArrayBufferWriter<byte>(context.Item.Value.Length + 256);
        body.Render(context, bytes);
        var content = new ReadOnlyMemoryContent(bytes.WrittenMemory);
        if (!_setsContentType)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(body.ContentType);
        return content;
    }
}
