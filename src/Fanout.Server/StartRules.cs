using Fanout.Server.Security;

namespace Fanout.Server;

/// <summary>Whether a server may be started as it was asked to be.</summary>
internal static class StartRules
{
    /// <exception cref="ServerException">It may not.</exception>
    public static void Check(ServerOptions options, KeyFile keys)
    {
        var open = options.Addresses.Where(address => !address.IsLoopback).ToList();
        if (open.Count > 0 && keys.Read().Count == 0)
            throw new ServerException(
                $"{open[0]} can be reached from other machines, and no key is needed here: whoever reaches it could start and change runs. Make a key first: fanout key add NAME --role admin. "
                + $"Or listen for this machine only: --urls {ServerOptions.DefaultUrls}");
        if (options.Certificate is null && options.Addresses.FirstOrDefault(address => address.IsSecure) is { } secure)
            throw new ServerException($"{secure} needs a certificate. Give it with --certificate FILE (and --certificate-key FILE if its key is in another file).");
        if (options.Certificate is not null && !options.Addresses.Any(address => address.IsSecure))
            throw new ServerException("There is a certificate, and no address that uses it. Write the address with https.");
    }
}
