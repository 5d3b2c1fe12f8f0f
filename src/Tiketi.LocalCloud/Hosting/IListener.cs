using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Tiketi.LocalCloud.Hosting;

/// <summary>One loopback port of the local cloud and what answers there.</summary>
public interface IListener
{
    /// <summary>What the port is for, as a person would say it ("Kubernetes API").</summary>
    string Name { get; }

    int Port { get; }

    /// <summary>Null: plain HTTP.</summary>
    X509Certificate2? Certificate { get; }

    Task HandleAsync(HttpContext context);
}
