using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Routes;

/// <summary>Reads bodies and parameters, within their limits.</summary>
internal static class RequestReading
{
    /// <summary>The largest body that is read as JSON: that of a spec, 2 MiB.</summary>
    public const int MostBodyBytes = 2 << 20;

    private const int MostDepth = 64;

    private static readonly string[] JsonTypes = ["application/json", "application/merge-patch+json"];

    /// <summary>The body's text, which must say that it is JSON.</summary>
    /// <exception cref="RequestException">It does not, it is too large, or it is not UTF-8.</exception>
    public static async Task<string> ReadTextAsync(this HttpRequest request)
    {
        RequireJson(request);
        if (request.ContentLength > MostBodyBytes)
            throw TooLarge();
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (await request.Body.ReadAsync(buffer.GetMemory(4096), request.HttpContext.RequestAborted).ConfigureAwait(false) is var read and > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > MostBodyBytes)
                throw TooLarge();
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(buffer.WrittenSpan);
        }
        catch (DecoderFallbackException)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body is not UTF-8. Send JSON in UTF-8.");
        }
    }

    /// <summary>The body as JSON; an empty one is an empty object where that is allowed.</summary>
    /// <exception cref="RequestException">It is none, or too large.</exception>
    public static async Task<JsonElement> ReadJsonAsync(this HttpRequest request, bool mayBeEmpty = false)
    {
        if (mayBeEmpty && request.ContentLength is null or 0 && request.ContentType is null)
            return JsonElement.Parse("{}");
        var text = await request.ReadTextAsync().ConfigureAwait(false);
        if (mayBeEmpty && string.IsNullOrWhiteSpace(text))
            return JsonElement.Parse("{}");
        try
        {
            var json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = MostDepth, AllowDuplicateProperties = false });
            RequireText(json);
            return json;
        }
        catch (JsonException failure)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, $"The body is not JSON: {failure.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The body has half of a surrogate pair, which is no text. Write both halves, or the character itself.");
        }
    }

    /// <summary>A parameter of the query; null: it is not given.</summary>
    /// <exception cref="RequestException">It is given more than once.</exception>
    public static string? Text(this HttpRequest request, string name)
    {
        var values = request.Query[name];
        return values.Count switch
        {
            0 => null,
            1 => values[0] is { Length: > 0 } text ? text : null,
            _ => throw new RequestException(StatusCodes.Status400BadRequest, $"The parameter '{name}' is given {values.Count} times. Give it once."),
        };
    }

    /// <summary>A whole number of the query; null: it is not given.</summary>
    /// <exception cref="RequestException">It is none, or out of its range.</exception>
    public static long? Number(this HttpRequest request, string name, long least, long most)
    {
        if (request.Text(name) is not { } text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new RequestException(StatusCodes.Status400BadRequest, string.Create(
                CultureInfo.InvariantCulture, $"The parameter '{name}' is not a whole number from {least:N0} to {most:N0}."));
    }

    /// <summary>A flag of the query: true, false, or not given, which is false.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static bool Flag(this HttpRequest request, string name) => request.Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new RequestException(StatusCodes.Status400BadRequest, $"The parameter '{name}' is neither true nor false."),
    };

    /// <summary>Names of the query, separated by commas; null: none is given.</summary>
    /// <exception cref="RequestException">One is not a name of <typeparamref name="T"/>.</exception>
    public static IReadOnlyList<T>? Names<T>(this HttpRequest request, string name)
        where T : struct, Enum
    {
        return request.Text(name) is not { } text ? null : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Read).Distinct()];

        T Read(string word) => Enum.TryParse<T>(word, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(word[0])
            ? value
            : throw new RequestException(
                StatusCodes.Status400BadRequest, $"The parameter '{name}' has a name that is none of {string.Join(", ", Enum.GetNames<T>())}.");
    }

    // Half of a surrogate pair can be written in JSON, and fails only where it is read.
    private static void RequireText(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var element in json.EnumerateArray())
                    RequireText(element);
                break;
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    _ = property.Name;
                    RequireText(property.Value);
                }

                break;
        }
    }

    private static void RequireJson(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (!JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, "The body is not said to be JSON. Send it with the header Content-Type: application/json.");
    }

    private static RequestException TooLarge() =>
        new(StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"The body is larger than {MostBodyBytes:N0} bytes."));
}
