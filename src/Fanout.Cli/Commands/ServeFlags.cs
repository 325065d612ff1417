using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Handlers.Http;

namespace Fanout.Cli.Commands;

/// <summary>The flags of <c>serve</c>, and what was typed for them.</summary>
internal sealed class ServeFlags
{
    private const string DefaultUrls = "http://127.0.0.1:8430";
    private const int DefaultRate = 2_500;
    private const int MostRate = 1_000_000;
    private const long DefaultUpload = 1L << 30;
    private const long MostUpload = 1L << 40;

    private readonly Option<string?> _urls = new("--urls") { Description = $"Where to listen, separated by semicolons (default: {DefaultUrls})", HelpName = "URLS" };

    private readonly Option<string[]> _files = new("--files")
    {
        Description = "Let specs name files below this directory; can be repeated (default: only files that were sent)",
        HelpName = "DIR",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _allowExec = new("--allow-exec") { Description = "Let specs run commands on this machine", Arity = ArgumentArity.Zero };

    private readonly Option<bool> _allowProfile = new("--allow-profile") { Description = "Let whoever has the role admin profile the server's process", Arity = ArgumentArity.Zero };

    private readonly Option<string[]> _allowHosts = new("--allow-host")
    {
        Description = "Let the http handler and webhooks reach this host though its address is private; can be repeated",
        HelpName = "HOST",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _certificate = new("--certificate") { Description = "Certificate of https addresses, PEM or PKCS#12", HelpName = "FILE" };

    private readonly Option<string?> _certificateKey = new("--certificate-key") { Description = "Its private key in PEM, if that is in another file", HelpName = "FILE" };

    private readonly Option<string?> _passwordFrom = new("--certificate-password-from")
    {
        Description = "Environment variable that holds the key's password",
        HelpName = "VARIABLE",
    };

    private readonly Option<string?> _requestRate = new("--request-rate")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"Requests a second of each key, or address without one (default: {DefaultRate})"),
        HelpName = "N",
    };

    private readonly Option<string?> _uploadLimit = new("--upload-limit") { Description = "Largest file that can be sent (default: 1GiB)", HelpName = "SIZE" };

    private readonly RunsFlag _runs = new();
    private readonly GraceFlag _grace = new();

    /// <summary>The flags as help groups them.</summary>
    public IEnumerable<FlagGroup> Groups =>
    [
        new("Server", [_urls, _certificate, _certificateKey, _passwordFrom, _requestRate, _uploadLimit, _allowProfile]),
        new("What specs may ask for", [_files, _allowExec, _allowHosts]),
        new("Runs", [_runs.Option, _grace.Option]),
    ];

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">Something of it is not legal.</exception>
    public ServeRequest Read(CommandContext context)
    {
        var parse = context.Parse;
        return new ServeRequest
        {
            Urls = parse.GetValue(_urls) ?? DefaultUrls,
            FileRoots = [.. (parse.GetValue(_files) ?? []).Select(path => ReadDirectory(context, path))],
            AllowExec = parse.GetValue(_allowExec),
            AllowProfile = parse.GetValue(_allowProfile),
            AllowHosts = [.. (parse.GetValue(_allowHosts) ?? []).Select(ReadHost)],
            Certificate = parse.GetValue(_certificate),
            CertificateKey = parse.GetValue(_certificateKey),
            CertificatePassword = ReadPassword(context, parse.GetValue(_passwordFrom)),
            RequestsPerSecond = ReadRate(parse.GetValue(_requestRate)),
            UploadBytes = ReadSize(parse.GetValue(_uploadLimit)),
            Runs = _runs.Read(context),
            Grace = _grace.Read(context),
        };
    }

    private static string ReadDirectory(CommandContext context, string path)
    {
        var full = Path.GetFullPath(path);
        return context.Environment.DirectoryExists(full) ? full : throw new UsageException($"--files: there is no directory {full}. Correct it, or make it.");
    }

    private static string ReadHost(string host) =>
        HostRules.IsHost(host) ? host : throw new UsageException($"--allow-host: \"{host}\" is no host. Write a name such as api.internal or *.internal, or an address, without scheme and port.");

    private static string? ReadPassword(CommandContext context, string? variable)
    {
        if (variable is null)
            return null;
        return context.Environment.Variable(variable) is { Length: > 0 } password
            ? password
            : throw new UsageException($"--certificate-password-from: the environment variable {variable} is not set.");
    }

    private static int ReadRate(string? text)
    {
        if (text is null)
            return DefaultRate;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= MostRate
            ? rate
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--request-rate: \"{text}\" is not a whole number from 1 to {MostRate:N0}."));
    }

    private static long ReadSize(string? text)
    {
        if (text is null)
            return DefaultUpload;
        return HumanSize.TryParse(text, out var bytes) && bytes is >= 1 and <= MostUpload
            ? bytes
            : throw new UsageException($"--upload-limit: \"{text}\" is not a size from 1 byte to 1TiB. Write it as 100MB or 1GiB.");
    }
}

/// <summary>What <c>serve</c> was asked for.</summary>
internal sealed record ServeRequest
{
    public required string Urls { get; init; }

    public required IReadOnlyList<string> FileRoots { get; init; }

    public required bool AllowExec { get; init; }

    public required bool AllowProfile { get; init; }

    public required IReadOnlyList<string> AllowHosts { get; init; }

    public required string? Certificate { get; init; }

    public required string? CertificateKey { get; init; }

    public required string? CertificatePassword { get; init; }

    public required int RequestsPerSecond { get; init; }

    public required long UploadBytes { get; init; }

    public required int Runs { get; init; }

    public required TimeSpan Grace { get; init; }
}
