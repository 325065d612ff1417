using System.Text.Json;
using Fanout.Handlers.Options;
using Fanout.Handlers.Templates;

namespace Fanout.Handlers.Http;

internal static class HttpOptionsReader
{
    private const string UrlRemedy = "Use a URL such as \"https://example.com/orders/{id}\", or \"{}\" when the items are URLs.";
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly string[] Known =
        ["url", "method", "headers", "body", "allowHosts", "maxResponseBytes", "followRedirects", "connectTimeout"];

    // How a message is framed is the protocol's business.
    private static readonly string[] RefusedHeaders =
        ["Connection", "Content-Length", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect"];

    public static IReadOnlyList<SpecError> Validate(JsonElement? options)
    {
        var reader = new OptionsReader("http", options, Known);
        Read(reader);
        return reader.Errors;
    }

    /// <exception cref="SpecException">They are not legal.</exception>
    public static HttpOptions Read(JsonElement? options)
    {
        var reader = new OptionsReader("http", options, Known);
        var read = Read(reader);
        return reader.Errors.Count == 0 ? read : throw new SpecException(reader.Errors);
    }

    private static HttpOptions Read(OptionsReader reader)
    {
        var body = ReadBody(reader);
        return new()
        {
            Url = ReadUrl(reader) ?? Template.Item,
            Method = ReadMethod(reader) ?? (body is null ? HttpMethod.Get : HttpMethod.Post),
            Headers = ReadHeaders(reader),
            Body = body,
            AllowHosts = ReadHosts(reader),
            MaxResponseBytes = reader.Number("maxResponseBytes", HttpOptions.DefaultMaxResponseBytes, 0, 16 * 1024 * 1024),
            FollowRedirects = reader.Flag("followRedirects") ?? false,
            ConnectTimeout = reader.Duration("connectTimeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromSeconds(10),
        };
    }

    private static Template? ReadUrl(OptionsReader reader)
    {
        var value = reader.Find("url");
        if (value is null)
            reader.Refuse("/url", null, "is missing.", UrlRemedy);
        var template = reader.Template("url");
        if (template is null || template.IsPlaceholder)
            return template;
        if (!HasWebScheme(template.Prefix))
            reader.Refuse("/url", value, "does not begin with http:// or https://.", UrlRemedy);
        else if (template.IsConstant && !Uri.TryCreate(template.Prefix, UriKind.Absolute, out _))
            reader.Refuse("/url", value, "is not a URL.", UrlRemedy);
        return template;
    }

    private static bool HasWebScheme(string url) =>
        url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static HttpMethod? ReadMethod(OptionsReader reader)
    {
        const string remedy = "Use a method such as \"GET\", \"POST\", \"PUT\", \"PATCH\" or \"DELETE\".";
        if (reader.Text("method", remedy) is not { } text)
            return null;
        var method = text.ToUpperInvariant();
        if (IsToken(method) && method is not ("CONNECT" or "TRACE"))
            return new(method);
        reader.Refuse("/method", reader.Find("method"), "is not a method this handler sends.", remedy);
        return null;
    }

    private static List<(string, Template)> ReadHeaders(OptionsReader reader)
    {
        var headers = new List<(string, Template)>();
        foreach (var (name, pointer, template) in reader.Templates("headers"))
        {
            if (!IsToken(name))
                reader.Refuse(pointer, null, "is not a header's name.", "Use letters, digits and hyphens.");
            else if (RefusedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
                reader.Refuse(pointer, null, "is a header the handler sets itself.", "Leave it out.");
            else
                headers.Add((name, template));
        }
        return headers;
    }

    private static RequestBody? ReadBody(OptionsReader reader)
    {
        if (reader.Find("body") is not { } value || value.ValueKind == JsonValueKind.False)
            return null;
        switch (value.ValueKind)
        {
            case JsonValueKind.True:
            case JsonValueKind.String when value.ValueEquals("item"u8):
                return new RequestBody.OfItem();
            case JsonValueKind.String:
                return reader.Template("body") is { } template ? new RequestBody.OfText(template) : null;
            case JsonValueKind.Object or JsonValueKind.Array:
                return new RequestBody.OfJson(JsonTemplate.Read(value, "/body", reader.Template));
            default:
                reader.Refuse("/body", value, "is not a body.", "Use true for the item as JSON, a string, or an object or array whose strings are templates.");
                return null;
        }
    }

    private static List<string>? ReadHosts(OptionsReader reader)
    {
        if (reader.Find("allowHosts") is null)
            return null;
        const string remedy = "Use an array of hosts such as \"api.example.com\" or \"*.example.com\", without scheme and port.";
        var hosts = new List<string>();
        foreach (var (pointer, value) in reader.Elements("allowHosts", remedy))
        {
            var host = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            if (HostPolicy.IsPattern(host))
                hosts.Add(host);
            else
                reader.Refuse(pointer, value, "is not a host.", remedy);
        }
        return hosts;
    }

    // RFC 9110, section 5.6.2.
    private static bool IsToken(string text) => text.Length > 0 && text.All(c => TokenCharacters.Contains(c, StringComparison.Ordinal));
}
