namespace Fanout.Client.Requests;

/// <summary>A request, as often as it is sent.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below the server's URL, with its query.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>The body, JSON; null: none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Headers beside the body's and the key's.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The run it is about; null: none.</summary>
    public string? RunId { get; init; }

    /// <summary>The limit it is about; null: none.</summary>
    public string? Limit { get; init; }

    /// <summary>True: sent twice it comes to the same as sent once.</summary>
    public bool MayBeRepeated { get; init; } = Method == HttpMethod.Get || Method == HttpMethod.Put || Method == HttpMethod.Delete;

    /// <summary>True: it is not worth being sent again: there is another way. Default: false.</summary>
    public bool IsSentOnce { get; init; }

    /// <summary>True: the server may read much before it answers, so that no attempt is given up for taking long.</summary>
    public bool TakesItsTime { get; init; }

    /// <summary>The role that a key for it has.</summary>
    public string Role { get; init; } = Method == HttpMethod.Get ? "read" : "operate";
}
