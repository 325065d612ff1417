namespace Fanout.Azure.Tests.Support;

/// <summary>The requests a <see cref="FaultyTransport"/> was put, by name: <c>GET</c>, <c>PUT</c>, <c>PUT appendblock</c>, <c>GET list</c>.</summary>
internal sealed class RequestLog
{
    private readonly List<string> _requests = [];

    public RequestLog(FaultyTransport transport) => transport.Script(request =>
    {
        _requests.Add(NameOf(request));
        return null;
    });

    public IReadOnlyList<string> Requests => _requests;

    /// <summary>The verb, and what of the resource is asked for.</summary>
    public static string NameOf(HttpRequestMessage request)
    {
        const string Component = "comp=";
        var component = request.RequestUri!.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith(Component, StringComparison.Ordinal));
        return component is null ? request.Method.Method : $"{request.Method.Method} {component[Component.Length..]}";
    }
}
