using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace Fanout.Azure.Tests.Tables;

/// <summary>An answer of the table service that says what went wrong.</summary>
internal sealed class CannedResponse(int status, string code) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => code;

    public override Stream? ContentStream { get; set; } = new MemoryStream(
        System.Text.Encoding.UTF8.GetBytes($$$"""{ "odata.error": { "code": "{{{code}}}", "message": { "lang": "en-US", "value": "{{{code}}}" } } }"""));

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new("Content-Type", "application/json"), new("x-ms-error-code", code)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = EnumerateHeaders().Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
