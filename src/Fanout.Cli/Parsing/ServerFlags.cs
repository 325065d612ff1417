using System.CommandLine;
using Fanout.Cli.Wiring;

namespace Fanout.Cli.Parsing;

/// <summary>Flags that say which server is asked, with which key.</summary>
internal sealed class ServerFlags
{
    private const string ServerVariable = "FANOUT_SERVER";

    /// <summary>The environment variable that holds the key unless another is named.</summary>
    public const string KeyVariable = "FANOUT_KEY";

    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"Server whose runs this is about, in place of a home: http://localhost:8430 (default: ${ServerVariable}, else none)",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<string?> KeyFrom { get; } = new("--key-from")
    {
        Description = $"The environment variable that holds the server's key (default: {KeyVariable})",
        HelpName = "ENV",
        Recursive = true,
    };

    /// <summary>The server's URL; null: a home is asked. A home that is typed goes before a server that is the default.</summary>
    public string? UrlOf(ParseResult parse, IEnumerable<Option<string?>> ofHomes, Func<string, string?> variable) =>
        parse.GetValue(Server) ?? (ofHomes.Any(option => parse.GetValue(option) is not null) ? null : NonEmpty(variable(ServerVariable)));

    /// <summary>The server that is asked; null: a home is.</summary>
    /// <exception cref="UsageException">What was typed contradicts itself, or the key is missing.</exception>
    public ServerPlace? Read(ParseResult parse, IReadOnlyList<Option<string?>> ofHomes, Func<string, string?> variable)
    {
        if (parse.GetValue(Server) is not null && ofHomes.FirstOrDefault(option => parse.GetValue(option) is not null) is { } home)
            throw new UsageException($"{Server.Name} and {home.Name}: runs are at a server, or in a home. Give one of them.");
        var keyFrom = parse.GetValue(KeyFrom);
        if (UrlOf(parse, ofHomes, variable) is not { } url)
            return keyFrom is null ? null : throw new UsageException($"{KeyFrom.Name}: there is no server it could be for. Give one with {Server.Name} URL.");
        var key = NonEmpty(variable(keyFrom ?? KeyVariable));
        return key is not null || keyFrom is null
            ? new ServerPlace(url, key)
            : throw new UsageException($"{KeyFrom.Name}: the environment variable {keyFrom} is not set. Put the server's key into it.");
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
